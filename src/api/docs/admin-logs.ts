import { Type } from "@sinclair/typebox";
import { logLevels } from "../../core/base/log-tail.ts";
import { operation, page } from "./answers.ts";
import { moment, oneOf } from "./parts.ts";

const line = Type.Object(
  {
    id: Type.String(),
    timestamp: moment,
    level: oneOf(logLevels),
    message: Type.String(),
    fields: Type.Record(Type.String(), Type.Unknown(), { description: "What the line says besides; free JSON." }),
  },
  { title: "LogLine" },
);

export const logs = operation(
  "listLogs",
  "List the last lines of this run's log, oldest first, or stream them",
  {
    200: [
      "The last so many; `cursor` continues. As a stream: each line, with its `id`",
      {
        byType: {
          "application/json": page(line, "cursor", Type.String()),
          "text/event-stream": Type.String({ description: "`data` of each is a LogLine." }),
        },
      },
    ],
  },
  {
    description:
      "Without keys, texts and phone numbers; LOG_LEVEL says what is logged. With `Accept: text/event-stream` a stream from now on, or from `after` or `Last-Event-ID`.",
    headers: { "Last-Event-ID": "Of a stream: the id of the line to continue behind." },
  },
);
