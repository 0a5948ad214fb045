import { waitReasons, whyWaiting } from "../../core/model/waiting.ts";
import { type Answers, operation } from "./answers.ts";
import { keyed } from "./keyed.ts";

export const queued = {
  message_id: "0194f6b0-7c1e-7d3a-9d7e-2f0c6a1b4e55",
  id: "3EB0C767D097E1D5B4A1",
  status: "queued",
  to: "628123456789@s.whatsapp.net",
  bulk_id: null,
  content: { kind: "text", text: "Halo!" },
  reason: null,
  error: null,
  release_at: null,
  created_at: 1703145670,
  sent_at: null,
};
const waiting = { ...queued, status: "waiting", reason: "time_locked", release_at: 1703232070 };
const reasons = waitReasons.map((name) => `\`${name}\`: ${whyWaiting[name]}`).join(" ");

export const unlinked = {
  409: [
    "The device has no account yet, or the idempotency key came with another body",
    {
      success: false,
      error: "This device is not linked to WhatsApp yet. Scan its QR code or use a pairing code first.",
      code: "not_linked",
    },
  ],
} satisfies Answers;

export const send = operation(
  "Queues a message. `Idempotency-Key` makes a repeated call the same message, for 14 days",
  keyed,
  {
    202: [
      `It is on disk and will be sent; \`message.sent\` or \`message.failed\` tells the end. Where it has to wait its \`status\` is \`waiting\`, with a \`reason\` and \`release_at\` in Unix seconds. ${reasons}`,
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
    ...unlinked,
    429: [
      "Too much is waiting; `Retry-After` says how long",
      { success: false, error: "Too many messages are waiting already.", code: "queue_full" },
    ],
  },
);

export const list = operation(
  "Messages sent and to be sent, newest first; `state=waiting` are those held back, `reason=scheduled` those with a `send_at`",
  keyed,
  {
    200: ["A page; `cursor` leads to the next, null at the end", { success: true, data: [waiting], cursor: null }],
    400: [
      "A parameter is wrong",
      {
        success: false,
        error: '"state" takes one of queued, waiting, sending, sent, failed, cancelled.',
        code: "invalid",
      },
    ],
  },
);

const unknown = {
  404: [
    "There is no such message",
    { success: false, error: "There is no such message on this device.", code: "not_found" },
  ],
} satisfies Answers;

const cancelled = { ...queued, status: "cancelled" };
const takeBack =
  "Takes a message back that has not left yet. One that is `queued` with the reason `unanswered` has left before, and leaves again with the same id: WhatsApp's answer to it was lost";
export const cancel = operation(takeBack, keyed, {
  200: ["It will not be sent", { success: true, data: cancelled }],
  ...unknown,
  409: [
    "It is on its way, settled or unanswered",
    {
      success: false,
      error: "This message is sent; only one that is queued or waiting can be cancelled.",
      code: "conflict",
    },
  ],
});

export const release = operation(
  "Sends a waiting message now: a scheduled one before its moment, another whatever WhatsApp said about the account",
  keyed,
  {
    200: ["It leaves in its turn", { success: true, data: queued }],
    ...unknown,
    409: [
      "It does not wait",
      { success: false, error: "This message is sent; only one that is waiting can be released.", code: "conflict" },
    ],
  },
);

export const reschedule = operation("Has a scheduled message leave at another moment", keyed, {
  200: [
    "It waits for that moment",
    { success: true, data: { ...queued, status: "waiting", reason: "scheduled", release_at: 1703232070 } },
  ],
  400: [
    "A moment that has passed, or is more than a year away",
    { success: false, error: '"send_at" is missing: it takes Unix seconds, up to 365 days ahead.', code: "invalid" },
  ],
  ...unknown,
  409: [
    "It is not scheduled",
    {
      success: false,
      error: "This message is sent; only one that is waiting can be rescheduled.",
      code: "conflict",
    },
  ],
});

export const message = operation("What became of a message", keyed, {
  200: ["The message", { success: true, data: { ...queued, status: "sent", sent_at: 1703145671 } }],
});
