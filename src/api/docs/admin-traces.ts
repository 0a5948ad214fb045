import { operation } from "./answers.ts";
import { adminOnly, failure } from "./keyed.ts";

const entry = {
  at: 1200,
  stanza: { tag: "message", attrs: { from: "{user1}@lid", id: "{text:20#2}", type: "text" }, content: [] },
};

export const trace = operation(
  "What WhatsApp sends to a device from now on, as a stream of events, for `merpati record`: tags, names of attributes, lengths. JIDs, ids, texts and bytes are replaced by tokens, the same value by the same token. `at` is in milliseconds since it began. Each message that is decrypted has an entry with the numbers and lengths of its fields",
  adminOnly,
  {
    200: ["A stream; each event holds one entry", entry],
    404: ["There is no such tenant or device", failure('Tenant "acme" has no device "shop-1".', "not_found")],
    503: [
      "Too many traces are being recorded",
      failure("8 traces are being recorded; end one of them first.", "unavailable"),
    ],
  },
);
