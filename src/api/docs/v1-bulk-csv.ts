import { type TProperties, Type } from "@sinclair/typebox";
import { failureCodes } from "../../core/base/failure.ts";
import { nullable } from "../../core/model/content/parts.ts";
import { sentContentSchema } from "../../core/model/content/sent.ts";
import { file, found, operation } from "./answers.ts";
import { failed } from "./failure.ts";
import { list, oneOf, seconds } from "./parts.ts";
import { report, unknownBulk } from "./v1-bulk.ts";
import { unlinked } from "./v1-messages.ts";

export const preview = Type.Object(
  {
    total: Type.Integer({ minimum: 0 }),
    rows: Type.Array(
      Type.Object({
        row: Type.Integer({ minimum: 1, description: "Its line in the table." }),
        to: Type.String(),
        content: sentContentSchema,
        send_at: nullable(seconds),
      }),
      { description: "The first ten as they would be sent." },
    ),
    refused: list(Type.Object({ field: Type.String(), error: Type.String(), code: oneOf(failureCodes) }), {
      description: "Every row that cannot be sent.",
    }),
  },
  { title: "BulkPreview" },
);

/** `beside`: what may stand beside the table. */
export const send = (beside: TProperties) =>
  operation(
    "sendTable",
    "Send a message for each row of a table",
    {
      200: ["With `preview=true`: what would be sent. Nothing was queued", found(preview)],
      202: ["All of it is on disk and leaves like any other bulk", found(report)],
      400: failed("Something of it cannot be sent; nothing was queued. `rows` names up to 50 of them"),
      409: unlinked,
      429: failed("The queue has no room for all of it; `Retry-After` says when to try again"),
    },
    {
      idempotent: true,
      body: {
        byType: {
          "text/csv": Type.String(),
          "multipart/form-data": Type.Object({ file: Type.String({ format: "binary" }), ...beside }),
        },
      },
      description:
        "CSV of up to 10,000 rows: the body itself, or the form part `file`. The column `to` says whom a row is for; `text`, `caption`, `kind`, `url`, `media_id`, `send_at` and `max_wait` may be columns or stand beside the table; every other column fills `{{its name}}` in text and caption. All of it is queued or nothing.",
    },
  );

export const results = operation("getBulkTable", "Get what became of each message of a bulk, as a table", {
  200: ["number, to, message_id, id, status, reason, error, created_at, sent_at", file("text/csv")],
  404: unknownBulk,
});
