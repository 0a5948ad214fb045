import { type TInteger, Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { type MessageStatus, messageStatuses } from "../../core/model/message/message.ts";
import { bulkStates } from "../../core/ports/bulk.ts";
import { cursor, found, operation, page } from "./answers.ts";
import { failed } from "./failure.ts";
import { oneOf, seconds } from "./parts.ts";
import { message, unlinked } from "./v1-messages.ts";

export const report = Type.Object(
  {
    bulk_id: Type.String(),
    status: oneOf(bulkStates),
    total: Type.Integer({ minimum: 1 }),
    counts: Type.Object(
      Object.fromEntries(messageStatuses.map((status) => [status, Type.Integer({ minimum: 0 })])) as Record<
        MessageStatus,
        TInteger
      >,
      { description: "How many of its messages are where; each counts once." },
    ),
    created_at: seconds,
    done_at: nullable(seconds),
  },
  { title: "Bulk" },
);

export const unknownBulk = failed("There is no such bulk");

export const send = operation(
  "sendBulk",
  "Send one thing to many, or many things",
  {
    202: ["All of it is on disk. `bulk.progress` tells how it gets on, `bulk.done` the end", found(report)],
    400: failed("Something of it cannot be sent; nothing was queued. `rows` names up to 50 of them"),
    409: unlinked,
    429: failed("The queue has no room for all of it; `Retry-After` says when to try again"),
  },
  { idempotent: true, description: "`to` and one content, or `messages`: all of it is queued or nothing." },
);

export const list = operation("listBulks", "List what was sent to many, newest first", {
  200: ["A page", page(report, "cursor", cursor)],
});

export const get = operation(
  "getBulk",
  "Tell how a bulk gets on",
  { 200: ["The bulk", found(report)], 404: unknownBulk },
  { description: "Kept for 14 days after its end." },
);

export const messages = operation("listBulkMessages", "List the messages of a bulk in the order they were given", {
  200: ["A page", page(message, "cursor", cursor)],
  404: unknownBulk,
});

export const cancel = operation("cancelBulk", "Take back what has not left yet", {
  200: ["What was on its way goes on; nothing else of it will be sent", found(report)],
  404: unknownBulk,
  409: failed("Nothing is left to take back"),
});
