import { operation } from "./answers.ts";
import { adminOnly, failure } from "./keyed.ts";

const line = {
  id: "5f0c2d1a-42",
  timestamp: "2025-12-27T05:00:00.000Z",
  level: "info",
  message: "request refused",
  fields: { method: "GET", path: "/v1/devices", status: 401, ms: 0 },
};

export const logs = operation(
  "The last lines of this run's log, oldest first, without keys, texts and phone numbers; LOG_LEVEL says what is logged. With `Accept: text/event-stream` a stream from now on, or from `after` or `Last-Event-ID`",
  adminOnly,
  {
    200: ["The last so many; `cursor` continues", { success: true, data: [line], cursor: "5f0c2d1a-42" }],
    400: [
      "A parameter is wrong",
      failure('"level" takes the least that is wanted: debug, info, warn, error.', "invalid"),
    ],
  },
);
