import { operation } from "./answers.ts";
import { keyed } from "./keyed.ts";
import { running, unknownBulk } from "./v1-bulk.ts";
import { unlinked } from "./v1-messages.ts";

const text = { kind: "text", text: "Halo Ann!" };

export const send = operation(
  "A message for each row of a table (CSV, up to 10,000 rows): the body itself as text/csv, or the form part `file`. The column `to` says whom it is for; `text`, `caption`, `kind`, `url`, `media_id`, `send_at` and `max_wait` may be columns or stand beside the table; every other column fills `{{its name}}` in text and caption. All of it is queued or nothing",
  keyed,
  {
    200: [
      "With `preview=true`: the first ten as they would be sent, and every row that cannot be. Nothing was queued",
      {
        success: true,
        data: {
          total: 2,
          rows: [{ row: 2, to: "628123456789@s.whatsapp.net", content: text, send_at: null }],
          refused: [{ field: "row.3.nama", error: '"row.3.nama" is empty, and the text says it.', code: "invalid" }],
        },
      },
    ],
    202: ["All of it is on disk and leaves like any other bulk", { success: true, data: running }],
    400: [
      "Something of it cannot be sent; nothing was queued. `rows` names up to 50 of them, when there are more than one",
      { success: false, error: '"row.3.nama" is empty, and the text says it.', code: "invalid" },
    ],
    ...unlinked,
  },
);

export const results = operation(
  "What became of each message of a bulk, as a table in the order they were given",
  keyed,
  {
    200: ["text/csv: number, to, message_id, id, status, reason, error, created_at, sent_at", "…"],
    ...unknownBulk,
  },
);
