import { type TProperties, Type } from "@sinclair/typebox";
import { contextSchema } from "../../core/model/content/content.ts";
import { nullable } from "../../core/model/content/parts.ts";
import { sentContentSchema } from "../../core/model/content/sent.ts";
import { messageStatuses } from "../../core/model/message/message.ts";
import { waitReasons, whyWaiting } from "../../core/model/waiting.ts";
import { countedPage, cursor, found, operation, page } from "./answers.ts";
import { failed } from "./failure.ts";
import { oneOf, seconds } from "./parts.ts";

export const messageStatus = oneOf(messageStatuses, {
  title: "MessageStatus",
  description: "How far it was received, or else where it is.",
});

/** A message to be sent, and what became of it. */
export const message = Type.Object(
  {
    tenant: Type.Optional(Type.String({ description: "Whose it is, in lists of every tenant's." })),
    device_id: Type.Optional(Type.String({ description: "Which sends it, in lists of many devices." })),
    message_id: Type.String({ description: "Ours; every call takes it." }),
    id: Type.String({ description: "WhatsApp's message id." }),
    status: messageStatus,
    to: Type.String({ description: "The chat's JID." }),
    bulk_id: nullable(Type.String({ description: "The bulk it is part of." })),
    content: sentContentSchema,
    ...contextSchema.properties,
    reason: nullable(
      Type.String({
        description: "Why it waits or failed: one of the words of `message.waiting`, or WhatsApp's number.",
      }),
    ),
    error: nullable(Type.String({ description: "A sentence for people, when it failed." })),
    release_at: nullable(
      Type.Integer({ description: "Unix seconds: when a waiting one may leave, as far as is known." }),
    ),
    created_at: seconds,
    sent_at: nullable(seconds),
  },
  { title: "OutgoingMessage" },
);

const reasons = waitReasons.map((name) => `\`${name}\`: ${whyWaiting[name]}`).join(" ");

export const unlinked = failed("The device has no account yet, or the idempotency key came with another body");

/** A draft in JSON, and with a file in a form. */
export const send = (inJson: TProperties, inForm: TProperties) =>
  operation(
    "sendMessage",
    "Send a message",
    {
      202: ["It is on disk and will be sent; `message.sent` or `message.failed` tells the end", found(message)],
      409: unlinked,
      429: failed("Too much is waiting; `Retry-After` says how long"),
    },
    {
      idempotent: true,
      body: {
        byType: { "application/json": Type.Object(inJson), "multipart/form-data": Type.Object(inForm) },
      },
      description: `Where it has to wait its \`status\` is \`waiting\`, with a \`reason\` and \`release_at\`. ${reasons}`,
    },
  );

export const list = operation(
  "listMessages",
  "List messages sent and to be sent, newest first",
  { 200: ["A page", countedPage(message, "cursor", cursor)] },
  { description: "`state=waiting` are those held back, `reason=scheduled` those with a `send_at`." },
);

export const everywhere = operation(
  "listMessagesOfAllDevices",
  "List what every device sent and is to send, in the order it was queued, newest first",
  { 200: ["A page", page(message, "cursor", cursor)] },
);

const unknown = failed("There is no such message");

export const cancel = operation(
  "cancelMessage",
  "Take a message back that has not left yet",
  {
    200: ["It will not be sent", found(message)],
    404: unknown,
    409: failed("It is on its way, settled or unanswered"),
  },
  {
    description:
      "One that is `queued` with the reason `unanswered` has left before, and leaves again with the same id: WhatsApp's answer to it was lost.",
  },
);

export const release = operation(
  "releaseMessage",
  "Send a waiting message now",
  { 200: ["It leaves in its turn", found(message)], 404: unknown, 409: failed("It does not wait") },
  { description: "A scheduled one before its moment, another whatever WhatsApp said about the account." },
);

export const retry = operation(
  "retryMessage",
  "Send again what failed or was taken back",
  {
    202: ["A message of its own, with the same words", found(message)],
    404: unknown,
    409: failed("It has not failed, or does not say anything by itself"),
    410: failed("What it said is kept no longer"),
    429: failed("Too much is waiting; `Retry-After` says how long"),
  },
  { description: "Albums are not sent again as a whole, nor reactions, edits and the like." },
);

export const reschedule = operation("rescheduleMessage", "Send a scheduled message at another moment", {
  200: ["It waits for that moment", found(message)],
  400: failed("A moment that has passed, or is more than a year away"),
  404: unknown,
  409: failed("It is not scheduled"),
});

export const get = operation("getMessage", "Tell what became of a message", {
  200: ["The message", found(message)],
  404: unknown,
});
