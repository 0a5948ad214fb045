import { el } from "../../wire/stanza.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

/** `w:m`: where files are put, and the token for it. */
export const media: QueryHandler = (connection, iq, request) => {
  if (request?.tag !== "media_conn") return refuse(connection, iq, 400, "bad-request");
  const server = connection.network.media;
  const attrs = { auth: server.newToken(), ttl: "300", auth_ttl: "21600", max_buckets: "12" };
  const host = el("host", { hostname: server.host, maxContentLengthBytes: String(100 * 1024 * 1024) });
  result(connection, iq, [el("media_conn", attrs, [host])]);
};
