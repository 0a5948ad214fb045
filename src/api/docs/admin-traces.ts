import { Type } from "@sinclair/typebox";
import { operation } from "./answers.ts";
import { failed } from "./failure.ts";

export const trace = operation(
  "traceDevice",
  "Stream what WhatsApp sends to a device, for `merpati record`",
  {
    200: [
      "A stream; `data` of each is one entry",
      { byType: { "text/event-stream": Type.String({ description: "`at` is in milliseconds since it began." }) } },
    ],
    404: failed("There is no such tenant or device"),
    503: failed("Too many traces are being recorded"),
  },
  {
    description:
      "Tags, names of attributes, lengths. JIDs, ids, texts and bytes are replaced by tokens, the same value by the same token. Each message that is decrypted has an entry with the numbers and lengths of its fields.",
  },
);
