import { t } from "elysia";
import { type LogLevel, type LogLine, logLevels } from "../../core/base/log-tail.ts";
import * as docs from "../docs/admin-logs.ts";
import { type Tools, routes } from "../face.ts";
import { iso } from "../moment.ts";
import { limit } from "../paging.ts";
import { type Frame, serverSentEvents } from "../sse.ts";

const levels = t.Union(
  logLevels.map((level) => t.Literal(level)),
  { description: `the least that is wanted: ${logLevels.join(", ")}` },
);

/** `/v1/admin/logs`: the last lines of this run's log, and those to come. */
export const logs = ({ logs: tail, clock }: Tools) =>
  routes("/v1/admin/logs", "admin").get(
    "/",
    ({ query: { level = "debug", after, plugin, limit: most = 200 }, headers, request }) => {
      if (headers.accept?.includes("text/event-stream")) {
        const from = headers["last-event-id"] ?? after ?? tail.latest({ level, after: null }, 0).cursor;
        return serverSentEvents(
          (gone) => framed(tail.follow({ level, after: from, plugin }, gone)),
          request.signal,
          clock,
        );
      }
      const { lines, cursor } = tail.latest({ level, after: after ?? null, plugin }, most);
      return { success: true, data: lines.map(lineBody), cursor };
    },
    {
      query: t.Object({
        level: t.Optional(t.Unsafe<LogLevel>(levels)),
        after: t.Optional(t.String({ description: "the id of a line, or an earlier answer's `cursor`" })),
        plugin: t.Optional(t.String({ description: "only lines about this plugin" })),
        limit,
      }),
      ...docs.logs,
    },
  );

const lineBody = ({ id, at, level, message, fields }: LogLine) => ({
  id,
  timestamp: iso(at),
  level,
  message,
  fields,
});

async function* framed(lines: AsyncGenerator<LogLine, void>): AsyncGenerator<Frame, void> {
  for await (const line of lines) yield { id: line.id, data: lineBody(line) };
}
