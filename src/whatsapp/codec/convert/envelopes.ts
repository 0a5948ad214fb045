import type { proto } from "@whiskeysockets/baileys";

/** Envelopes that say how to show a message, not what it says (WAProto, `FutureProofMessage`). */
const envelopes = [
  "ephemeralMessage",
  "viewOnceMessage",
  "viewOnceMessageV2",
  "viewOnceMessageV2Extension",
  "documentWithCaptionMessage",
  "editedMessage",
  "groupMentionedMessage",
  "botInvokeMessage",
  "lottieStickerMessage",
  "associatedChildMessage",
  "groupStatusMessage",
  "groupStatusMessageV2",
  "limitSharingMessage",
  "pollCreationMessageV4",
  "questionMessage",
  "questionReplyMessage",
  "botForwardedMessage",
] as const;
const once: ReadonlySet<string> = new Set(envelopes.filter((name) => name.startsWith("viewOnce")));

/** Fields that stand beside what a message says. */
const silent: ReadonlySet<string> = new Set([
  "senderKeyDistributionMessage",
  "fastRatchetKeySenderKeyDistributionMessage",
  "messageContextInfo",
]);

export interface Unwrapped {
  message: proto.IMessage;
  viewOnce: boolean;
}

/** The message inside its envelopes. */
export function unwrap(message: proto.IMessage): Unwrapped {
  let inner = message.deviceSentMessage?.message ?? message;
  let viewOnce = false;
  // Bounded, since a hostile sender may nest without end.
  for (let depth = 0; depth < 5; depth++) {
    const name = envelopes.find((each) => inner[each]?.message != null);
    const next = name && inner[name]?.message;
    if (!name || !next) break;
    viewOnce ||= once.has(name);
    const { messageContextInfo } = inner;
    inner = messageContextInfo && !next.messageContextInfo ? { ...next, messageContextInfo } : next;
  }
  return { message: inner, viewOnce };
}

/** The names of what a message says; usually one. */
export function kindNames(message: proto.IMessage): string[] {
  return Object.keys(message).filter((name) => message[name as keyof proto.IMessage] != null && !silent.has(name));
}
