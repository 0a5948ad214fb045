import type { Connection } from "../network/connection.ts";
import { SERVER } from "../wire/address.ts";
import { el, type Stanza } from "../wire/stanza.ts";

/** The three forms of a ping of the server's: without id and child, without type as well, with both. */
export type PingForm = "bare" | "untyped" | "child";

/** A ping on its way. */
export interface Ping {
  readonly answered: () => boolean;
}

const PATIENCE_MS = 20_000;

/** Pings a client; that it does not answer is a problem. */
export function ping(connection: Connection, form: PingForm): Ping {
  const { network } = connection;
  let answered = false;
  const timer = network.clock.after(PATIENCE_MS, () => {
    if (!answered && !connection.closed) connection.complain(`left a ping of the server unanswered (${form})`);
  });
  connection.ask(pingStanza(form, connection), (answer) => {
    answered = true;
    timer.cancel();
    if (answer.attrs["type"] !== "result")
      connection.complain("answered a ping by something else than a result", answer);
    network.events.emit({ type: "ping.answered", connection: connection.number, form });
  });
  return { answered: () => answered };
}

function pingStanza(form: PingForm, connection: Connection): Stanza {
  const attrs = { from: SERVER, xmlns: "urn:xmpp:ping", t: connection.network.now };
  if (form === "untyped") return el("iq", attrs);
  if (form === "bare") return el("iq", { ...attrs, type: "get" });
  return el("iq", { ...attrs, type: "get", id: connection.newId() }, [el("ping")]);
}
