import { el, textOf } from "../../wire/stanza.ts";
import { result } from "./answer.ts";
import { type Asked, type GraphQuery, GraphRefusal, type Variables } from "./graph.ts";
import { CHANNEL_QUERIES } from "./mex-channels.ts";
import type { QueryHandler } from "./queries.ts";

const describeOneself: GraphQuery = ({ user, variables: { input } }) => {
  const text = input?.["text"];
  user.settings.set("status", typeof text === "string" ? text : "");
  return { xwa2_update_text_status: { result: "SUCCESS" } };
};

// Queries by their id, as rc14 of Baileys and whatsmeow (2026-08) send them.
const QUERIES: Readonly<Record<string, GraphQuery>> = {
  "23983697327930364": ({ user }) => ({ xwa2_fetch_account_reachout_timelock: user.timelock ?? { is_active: false } }),
  "24503548349331633": ({ user }) => ({ xwa2_message_capping_info: user.cap }),
  "9152604461510864": describeOneself,
  ...CHANNEL_QUERIES,
};

/** `w:mex`: GraphQL over stanzas. */
export const mex: QueryHandler = (connection, iq, request) => {
  const { device, network } = connection;
  if (!device) return;
  const query = QUERIES[request?.attrs["query_id"] ?? ""];
  const body = query ? answered(query, { network, user: device.user, variables: variablesIn(request) }) : failed(404);
  result(connection, iq, [el("result", {}, Buffer.from(JSON.stringify(body)))]);
};

function variablesIn(request: Parameters<typeof textOf>[0]): Variables {
  const { variables } = JSON.parse(textOf(request) ?? "{}") as { variables?: Variables };
  return variables ?? {};
}

function answered(query: GraphQuery, asked: Asked): object {
  try {
    return { data: query(asked) };
  } catch (cause) {
    if (cause instanceof GraphRefusal) return failed(cause.code);
    throw cause;
  }
}

const failed = (code: number): object => ({
  data: null,
  errors: [{ message: "refused", extensions: { error_code: code, is_retryable: false, severity: "CRITICAL" } }],
});
