import { SERVER } from "../../wire/address.ts";
import { el, type Stanza } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";

/** Answers a query. */
export function result(connection: DeviceConnection, iq: Stanza, content?: Stanza[]): void {
  const { id, to } = iq.attrs;
  connection.send(el("iq", { type: "result", from: to ?? SERVER, id }, content));
}

/** Answers a query with an error, as the real server words it (`400 bad-request`, `404 item-not-found`, …). */
export function refuse(connection: DeviceConnection, iq: Stanza, code: number, text: string): void {
  const { id, to } = iq.attrs;
  connection.send(el("iq", { type: "error", from: to ?? SERVER, id }, [el("error", { code: String(code), text })]));
}
