import type { proto } from "@whiskeysockets/baileys";
import { envelopeNames } from "../definition/message-definition.ts";
import type { WebMessage } from "../definition/web-message.ts";

/** These hold a message to say which status they are about: `status-notice.ts` reads them. */
const notices: ReadonlySet<string> = new Set(["statusMentionMessage", "groupStatusMentionMessage"]);

let known: ReadonlySet<string> | undefined;
/** Envelopes that say how to show a message, not what it says: by their shape, and the comment. */
const envelopes = (): ReadonlySet<string> =>
  (known ??= new Set([...envelopeNames().filter((name) => !notices.has(name)), "commentMessage"]));

/** Fields that stand beside what a message says. */
const silent: ReadonlySet<string> = new Set([
  "senderKeyDistributionMessage",
  "fastRatchetKeySenderKeyDistributionMessage",
  "messageContextInfo",
  "statusLinkPreviewMetadata",
]);

export interface Unwrapped {
  message: WebMessage;
  /** The message that this one is a comment on, as its sender sees it. */
  commentOn?: proto.IMessageKey | null | undefined;
  viewOnce: boolean;
  spoiler: boolean;
}

/** The message inside its envelopes. */
export function unwrap(message: WebMessage): Unwrapped {
  const seen: string[] = [];
  let inner: WebMessage = copied(message);
  let commentOn = inner.encCommentMessage?.targetMessageKey;
  // Bounded, since a hostile sender may nest without end.
  for (let depth = 0; depth < 5; depth++) {
    commentOn ??= inner.commentMessage?.targetMessageKey ?? inner.encCommentMessage?.targetMessageKey;
    const name = Object.keys(inner).find((each) => envelopes().has(each) && insideOf(inner, each));
    const next = name && insideOf(inner, name);
    if (!name || !next) break;
    seen.push(name);
    const { messageContextInfo } = inner;
    inner = messageContextInfo && !next.messageContextInfo ? { ...next, messageContextInfo } : next;
  }
  const viewOnce = seen.some((name) => name.startsWith("viewOnce"));
  return { message: inner, viewOnce, spoiler: seen.includes("spoilerMessage"), commentOn };
}

/** A copy of what another own device sent may have its context outside. */
function copied(message: WebMessage): WebMessage {
  const inner = message.deviceSentMessage?.message;
  if (!inner) return message;
  const { messageContextInfo } = message;
  return messageContextInfo && !inner.messageContextInfo ? { ...inner, messageContextInfo } : inner;
}

const insideOf = (message: WebMessage, name: string): WebMessage | null =>
  (message[name as keyof WebMessage] as { message?: WebMessage | null } | null | undefined)?.message ?? null;

/** The names of what a message says; usually one. */
export function kindNames(message: WebMessage): string[] {
  return Object.keys(message).filter((name) => message[name as keyof WebMessage] != null && !silent.has(name));
}
