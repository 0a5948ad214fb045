import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { sealFile } from "../../media/file.ts";
import type { Network } from "../../network/network.ts";
import type { LinkedDevice } from "../../accounts/linked-device.ts";
import { tellCollection } from "../../people/app-state.ts";
import type { Collection } from "../../app-state/collection.ts";
import { bytesOf, child, children, el, type Stanza } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

/** `w:sync:app:state`: the account's collections of settings, as patches by version. */
export const appState: QueryHandler = (connection, iq, request) => {
  const { device } = connection;
  if (!device || request?.tag !== "sync") return refuse(connection, iq, 400, "bad-request");
  const answers = children(request, "collection").map((asked) => collectionOf(connection, device, asked));
  result(connection, iq, [el("sync", {}, answers)]);
};

function collectionOf(connection: DeviceConnection, device: LinkedDevice, asked: Stanza): Stanza {
  const name = asked.attrs["name"] ?? "";
  const collection = device.user.collection(name);
  const patch = bytesOf(child(asked, "patch"));
  if (patch) return store(connection, device, collection, asked, patch);
  const known = Number(asked.attrs["version"] ?? "0");
  if (known === 0 && collection.version > 0 && connection.network.options.appState === "snapshots")
    return el("collection", { name, version: String(collection.version), type: "result" }, [
      el("snapshot", {}, snapshotOf(connection.network, device, collection)),
    ]);
  const missing = collection.patches.slice(known).map((bytes) => el("patch", {}, bytes));
  const content = missing.length > 0 ? [el("patches", {}, missing)] : undefined;
  return el("collection", { name, version: String(collection.version), type: "result" }, content);
}

/** A reference to the sealed file that holds the whole collection. */
function snapshotOf(network: Network, device: LinkedDevice, collection: Collection): Uint8Array {
  const { bytes, fileLength, ...sealed } = sealFile(collection.snapshot(), "app-state", device.user.random);
  const { directPath } = network.media.store(bytes, "app-state");
  return proto.ExternalBlobReference.encode({ ...sealed, directPath, fileSizeBytes: fileLength }).finish();
}

// Who does not know the latest version must fetch it first: 409.
function store(
  connection: DeviceConnection,
  device: LinkedDevice,
  collection: Collection,
  asked: Stanza,
  patch: Buffer,
): Stanza {
  const { name, version } = collection;
  if (asked.attrs["version"] !== String(version)) {
    const error = el("error", { code: "409", text: "conflict" });
    return el("collection", { name, version: String(version), type: "error" }, [error]);
  }
  for (const problem of collection.accept(patch)) connection.complain(problem);
  tellCollection(connection.network, device.user, name, device);
  return el("collection", { name, version: String(collection.version), type: "result" });
}
