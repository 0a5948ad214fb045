import { ERROR_TEXTS } from "../../faults/questions.ts";
import type { LinkedDevice } from "../../accounts/linked-device.ts";
import { bigEndian, child, children, el, type Stanza } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";
import { bundleContent, CURVE } from "../../messages/bundle-content.ts";
import { warnIfLow } from "../../messages/prekeys-low.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

/** `encrypt`: a client's own keys on the server, and the keys of others. */
export const encryption: QueryHandler = (connection, iq, request) => {
  const { device } = connection;
  if (!device) return;
  const upload = iq.attrs["type"] === "set" && child(iq, "list");
  if (upload || request?.tag === "registration") return complainOf(connection, iq, device.preKeys.upload(iq));
  switch (request?.tag) {
    case "count":
      return result(connection, iq, [el("count", { value: String(device.preKeys.count) })]);
    case "digest":
      return result(connection, iq, [digest(device)]);
    case "rotate":
      return complainOf(connection, iq, device.preKeys.rotate(child(request, "skey")));
    case "key":
      return result(connection, iq, [
        el(
          "list",
          {},
          children(request, "user").map((user) => keysOf(connection, user)),
        ),
      ]);
    case "key_fetch":
      return result(connection, iq, [
        el(
          "list",
          {},
          children(request, "user").map((user) => missingKeysOf(connection, user)),
        ),
      ]);
    default:
      connection.complain("asked what the server does not know", iq);
      return refuse(connection, iq, 501, "feature-not-implemented");
  }
};

function complainOf(connection: DeviceConnection, iq: Stanza, problems: string[]): void {
  for (const problem of problems) connection.complain(problem);
  if (problems.length > 0) refuse(connection, iq, 406, "not-acceptable");
  else result(connection, iq);
}

/** The keys of one device. A one-time pre-key is spent by asking. */
function keysOf(connection: DeviceConnection, asked: Stanza): Stanza {
  const { network } = connection;
  const jid = asked.attrs["jid"];
  const device = network.directory.device(jid);
  if (!device) return el("user", { jid }, [el("error", { code: "404", text: "item-not-found" })]);
  if (device.kind === "virtual" && device.keyError !== undefined)
    return el("user", { jid }, [el("error", { code: device.keyError, text: ERROR_TEXTS[device.keyError] })]);
  const bundle = device.takeBundle();
  if (device.kind === "linked") warnIfLow(network, device);
  return el("user", { jid, t: network.now }, bundleContent(bundle));
}

/** The keys of single devices, asked for when a message has to be sent again to one whose keys are unknown (zapo, 2026-08). */
function missingKeysOf(connection: DeviceConnection, asked: Stanza): Stanza {
  const { network } = connection;
  const jid = asked.attrs["jid"];
  const user = network.directory.user(jid);
  if (!user) return el("user", { jid }, [el("error", { code: "404", text: "item-not-found" })]);
  const devices = children(asked, "device").flatMap(({ attrs: { id } }) => {
    const device = user.device(Number(id));
    if (!device) return [];
    const bundle = device.takeBundle();
    if (device.kind === "linked") warnIfLow(network, device);
    return [el("device", { id }, bundleContent(bundle))];
  });
  return el("user", { jid, t: network.now }, devices);
}

function digest(device: LinkedDevice): Stanza {
  const { registrationId, identity, signedPreKey, ids } = device.preKeys;
  return el("digest", {}, [
    el("registration", {}, bigEndian(registrationId, 4)),
    el("type", {}, CURVE),
    el("identity", {}, identity),
    el("skey", {}, [
      el("id", {}, bigEndian(signedPreKey.id, 3)),
      el("value", {}, signedPreKey.key),
      el("signature", {}, signedPreKey.signature),
    ]),
    el(
      "list",
      {},
      ids.map((id) => el("id", {}, bigEndian(id, 3))),
    ),
    el("hash", {}, device.preKeys.digest),
  ]);
}
