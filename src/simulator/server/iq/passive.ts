import { announceQueue } from "../stanzas/catch-up.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

/** `passive`: a client that says `active` is ready for its queue. */
export const passive: QueryHandler = (connection, iq, request) => {
  if (request?.tag !== "active" && request?.tag !== "passive") return refuse(connection, iq, 400, "bad-request");
  result(connection, iq);
  if (request.tag === "active" && connection.device) announceQueue(connection, connection.device);
};
