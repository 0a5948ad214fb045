import { child, children, el } from "../../wire/stanza.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

/** `w:sync:app:state`: the account's collections of settings. The server stores patches it cannot read. */
export const appState: QueryHandler = (connection, iq, request) => {
  const { device } = connection;
  if (!device || request?.tag !== "sync") return refuse(connection, iq, 400, "bad-request");
  const collections = children(request, "collection").map((asked) => {
    const name = asked.attrs["name"] ?? "";
    const collection = device.user.collection(name);
    const patch = child(asked, "patch");
    if (patch) {
      if (asked.attrs["version"] !== String(collection.version)) {
        return el("collection", { name, version: String(collection.version), type: "error" }, [
          el("error", { code: "409", text: "conflict" }),
        ]);
      }
      collection.patches.push(patch);
    }
    const known = Number(asked.attrs["version"] ?? "0");
    const missing = patch ? [] : collection.patches.slice(known);
    const content = missing.length > 0 ? [el("patches", {}, missing)] : undefined;
    return el("collection", { name, version: String(collection.version), type: "result" }, content);
  });
  result(connection, iq, [el("sync", {}, collections)]);
};
