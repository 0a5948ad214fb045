import { children, type Stanza } from "../../wire/stanza.ts";
import { ERROR_TEXTS } from "../../faults/questions.ts";
import type { DeviceConnection } from "../../network/connection.ts";
import { refuse, result } from "./answer.ts";
import { appState } from "./app-state.ts";
import { encryption } from "./encrypt.ts";
import { groups } from "./groups.ts";
import { media } from "./media.ts";
import { multiDevice } from "./md.ts";
import { mex } from "./mex.ts";
import { newsletter } from "./newsletter.ts";
import { contactLink, push } from "./links.ts";
import { bots, business, disappearing, picture, status } from "./profile.ts";
import { blocklist, privacy, props } from "./settings.ts";
import { passive } from "./passive.ts";
import { usync } from "./usync.ts";

/** Answers one namespace. `request` is the query's first child, if it has one. */
export type QueryHandler = (connection: DeviceConnection, iq: Stanza, request: Stanza | undefined) => void;

const empty: QueryHandler = (connection, iq) => result(connection, iq);

/** The queries of a client, by namespace. */
const NAMESPACES: Readonly<Record<string, QueryHandler>> = {
  abt: props,
  blocklist,
  bot: bots,
  disappearing_mode: disappearing,
  encrypt: encryption,
  md: multiDevice,
  newsletter,
  passive,
  privacy,
  "urn:xmpp:whatsapp:dirty": empty,
  "urn:xmpp:whatsapp:push": push,
  status,
  usync,
  "w:biz": business,
  "w:g2": groups,
  "w:m": media,
  "w:mex": mex,
  "w:p": empty,
  "w:profile:picture": picture,
  "w:qr": contactLink,
  "w:stats": empty,
  "w:sync:app:state": appState,
};

export function answerQuery(connection: DeviceConnection, iq: Stanza): void {
  const { xmlns = "", id } = iq.attrs;
  if (!id) return connection.complain("sent a query without an id", iq);
  const fault = connection.network.faults.nextQuestionFault(iq);
  if (fault === "silence") return;
  if (fault) return refuse(connection, iq, Number(fault), ERROR_TEXTS[fault] ?? "error");
  const handler = NAMESPACES[xmlns];
  if (!handler) {
    connection.complain("asked what the server does not know", iq);
    return refuse(connection, iq, 501, "feature-not-implemented");
  }
  if (!connection.device && xmlns !== "md" && xmlns !== "w:p") {
    connection.complain("is not logged in, yet asked", iq);
    return refuse(connection, iq, 401, "not-authorized");
  }
  handler(connection, iq, children(iq)[0]);
}
