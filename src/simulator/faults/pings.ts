import type { DeviceConnection } from "../network/connection.ts";
import { SERVER } from "../wire/address.ts";
import { el, type Stanza } from "../wire/stanza.ts";

/** The three forms of a ping of the server's: without id and child, without type as well, with both. */
export type PingForm = "bare" | "untyped" | "child";

/** A ping on its way. */
export interface Ping {
  readonly answered: () => boolean;
  /** Whether somebody is there who owes an answer. */
  readonly isOpen: () => boolean;
  /** Makes a problem of it. */
  readonly complain: () => void;
}

const PATIENCE_MS = 20_000;

/** Pings a client; that it does not answer is a problem. */
export function ping(connection: DeviceConnection, form: PingForm): Ping {
  const { network } = connection;
  let answered = false;
  let told = false;
  const isOpen = (): boolean => !answered && !told && !connection.closed;
  const complain = (): void => {
    if (isOpen()) connection.complain(`left a ping of the server unanswered (${form})`);
    told = true;
  };
  const timer = network.clock.after(PATIENCE_MS, complain);
  connection.ask(pingStanza(form, connection), (answer) => {
    answered = true;
    timer.cancel();
    if (answer.attrs["type"] !== "result")
      connection.complain("answered a ping by something else than a result", answer);
    network.events.emit({ type: "ping.answered", connection: connection.number, form });
  });
  return { answered: () => answered, isOpen, complain };
}

function pingStanza(form: PingForm, connection: DeviceConnection): Stanza {
  const attrs = { from: SERVER, xmlns: "urn:xmpp:ping", t: connection.network.now };
  if (form === "untyped") return el("iq", attrs);
  if (form === "bare") return el("iq", { ...attrs, type: "get" });
  return el("iq", { ...attrs, type: "get", id: connection.newId() }, [el("ping")]);
}
