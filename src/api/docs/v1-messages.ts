import { operation } from "./answers.ts";
import { keyed } from "./keyed.ts";

const queued = {
  message_id: "0194f6b0-7c1e-7d3a-9d7e-2f0c6a1b4e55",
  id: "3EB0C767D097E1D5B4A1",
  status: "queued",
  to: "628123456789@s.whatsapp.net",
  content: { kind: "text", text: "Halo!" },
  reason: null,
  created_at: 1703145670,
  sent_at: null,
};

export const send = operation(
  "Queues a message. `Idempotency-Key` makes a repeated call the same message, for 14 days",
  keyed,
  {
    202: [
      "It is on disk and will be sent; `message.sent` or `message.failed` tells the end",
      { success: true, data: queued },
    ],
    400: [
      "A field is missing or wrong",
      {
        success: false,
        error:
          '"to" is missing: it takes a phone number with country code ("628123456789"), a JID, a LID or a group id.',
        code: "invalid",
      },
    ],
    409: [
      "The device has no account yet, or the idempotency key came with another body",
      {
        success: false,
        error: "This device is not linked to WhatsApp yet. Scan its QR code or use a pairing code first.",
        code: "not_linked",
      },
    ],
    429: [
      "Too much is waiting; `Retry-After` says how long",
      { success: false, error: "Too many messages are waiting already.", code: "queue_full" },
    ],
  },
);

export const message = operation("What became of a message", keyed, {
  200: ["The message", { success: true, data: { ...queued, status: "sent", sent_at: 1703145671 } }],
});
