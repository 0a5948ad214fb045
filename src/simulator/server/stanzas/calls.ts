import { children, el, type Stanza } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";

/** `call` from a client: it declines one. */
export function clientCall(connection: DeviceConnection, call: Stanza): void {
  const { id, to } = call.attrs;
  const [info] = children(call);
  if (info?.tag === "link_create" && id) {
    const token = connection.network.random.bytes(16).toString("base64url");
    return connection.send(el("ack", { class: "call", id, from: to }, [el("link_create", { token })]));
  }
  if (!id || info?.tag !== "reject") return connection.complain("sent a call stanza the server does not know", call);
  connection.send(el("ack", { class: "call", id, from: to, type: info.tag }));
  const rejected = info.attrs["call-id"] ?? "";
  connection.network.events.emit({ type: "call.rejected", call: rejected, device: connection.device?.jid() ?? "" });
}
