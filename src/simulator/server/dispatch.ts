import { el, type Stanza } from "../wire/stanza.ts";
import { acknowledged } from "./stanzas/acks.ts";
import { informationBit } from "./stanzas/catch-up.ts";
import { clientCall } from "./stanzas/calls.ts";
import type { DeviceConnection } from "../network/connection.ts";
import { answerQuery } from "./iq/queries.ts";
import { clientMessage } from "./stanzas/messages.ts";
import { chatState, presence } from "./stanzas/presence.ts";
import { clientReceipt } from "./stanzas/receipts.ts";

type Handler = (connection: DeviceConnection, stanza: Stanza) => void;

/** What a client may send, by tag. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  iq: (connection, iq) => {
    if (iq.attrs["type"] === "get" || iq.attrs["type"] === "set") answerQuery(connection, iq);
    else if (!connection.answered(iq)) connection.complain("answered a query it was not asked", iq);
  },
  message: clientMessage,
  status: clientStatus,
  receipt: clientReceipt,
  ack: acknowledged,
  presence,
  chatstate: chatState,
  ib: informationBit,
  call: clientCall,
};

/** A status is posted as a message; `<status>` is what the server makes of it. */
function clientStatus(connection: DeviceConnection, status: Stanza): void {
  const { id, to } = status.attrs;
  connection.complain("sent a <status>, which only the server sends", status);
  connection.send(el("ack", { class: "status", id, from: to, t: connection.network.now, error: "400" }));
}

/** Before login a client may only be paired. */
const UNPAIRED = new Set(["iq", "ib", "ack", "presence"]);

export function dispatch(connection: DeviceConnection, stanza: Stanza): void {
  const handler = HANDLERS[stanza.tag];
  if (!handler) return connection.complain("sent a stanza the server does not know", stanza);
  if (!connection.device && !UNPAIRED.has(stanza.tag)) return connection.complain("is not logged in, yet sent", stanza);
  handler(connection, stanza);
}
