import type { Action } from "../content/action.ts";
import type { Content, Context } from "../content/content.ts";
import type { DraftContent, DraftContext, DraftOptions } from "../content/draft.ts";
import type { SeenNames } from "../person.ts";
import type { SentContent } from "../content/sent.ts";

export { type DraftContent, type DraftKind, draftContentSchemas } from "../content/draft.ts";

/** What somebody wants sent. `to` and `content` are still as the caller wrote them. */
export interface Draft extends DraftContext, DraftOptions {
  to: string;
  content: DraftContent;
}

export interface QueueOptions {
  /** The caller's own key; the same one with the same draft is the same message, for 14 days. */
  idempotencyKey?: string;
  /** The plugins' outgoing hooks have seen it already. */
  hooked?: true;
}

/** Where an outgoing message is. `sent` is WhatsApp's ack; receipts raise `delivery`. */
export const messageStates = ["queued", "waiting", "sending", "sent", "failed", "cancelled"] as const;
export type MessageState = (typeof messageStates)[number];
export const deliveryStates = ["delivered", "read", "played"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** An outgoing message, as the store holds it. */
export interface Message {
  /** Ours: UUIDv7. */
  readonly id: string;
  /** WhatsApp's, generated before the first attempt and never changed. */
  readonly waId: string;
  /** The device's uid. */
  readonly device: string;
  /** The chat's JID. */
  readonly chat: string;
  /** The bulk it is part of. */
  readonly bulk: string | null;
  readonly content: SentContent;
  /** What it says beside that: the message it answers, mentions. */
  readonly context: Context;
  readonly state: MessageState;
  readonly delivery: DeliveryState | null;
  /** As WhatsApp gets it, once it was made: every attempt sends the same. */
  readonly wire: Uint8Array | null;
  /** Why it waits (one of `waitReasons`) or failed (WhatsApp's number, or a word of ours); `unanswered`, `announced`. */
  readonly reason: string | null;
  /** The sentence for people, when it failed. */
  readonly error: string | null;
  /** How welcome it was when it was queued or last spoken about: a place in `priorities`. */
  readonly priority: number;
  /** Somebody said that it may leave, whatever the governor thinks. */
  readonly forced: boolean;
  /** Milliseconds since 1970, all seven. */
  readonly createdAt: number;
  readonly notBefore: number;
  /** It is held for this moment, by the wall clock; null when it is not scheduled, or no longer. */
  readonly sendAt: number | null;
  /** It fails when it has not left by then; null is never. */
  readonly expiresAt: number | null;
  readonly sentAt: number | null;
  readonly updatedAt: number;
}

/** The reason of a queued message that left before and had no answer: whoever it is for may have it. */
export const unanswered = "unanswered";

/** The reason of an album that is `sending` while WhatsApp has its announcement: its files follow. */
export const announced = "announced";

/** What a connection is given to send. */
export type OutgoingMessage = Pick<Message, "id" | "waId" | "chat" | "content" | "context">;

/** A message that came in. Data of `message.received`. */
export interface Incoming extends Envelope {
  /** Of a deletion in a group: the sender is one of its admins. */
  readonly byAdmin?: true;
  /** An edit that adds options to a poll that lets everybody do so. */
  readonly addsOptions?: true;
  readonly content: Content | Action;
  readonly context: Context;
}

/** Who sent a message, where and when. */
export interface Envelope {
  readonly id: string;
  readonly chat: string;
  readonly sender: string;
  readonly fromMe: boolean;
  readonly isGroup: boolean;
  readonly pushName: string | null;
  /** Unix seconds. */
  readonly timestamp: number;
  /** What the stanza told of who its people are. */
  readonly names: readonly SeenNames[];
  /** Chat and sender as the stanza named them. */
  readonly wire: { readonly chat: string; readonly sender: string };
}

/** Where a message is, as its own call tells it: how far it was received, or else its state. */
export const messageStatuses = [...messageStates, ...deliveryStates] as const;
export type MessageStatus = (typeof messageStatuses)[number];

/** Receipts of an album speak of its announcement: how far its files got is its state alone, until all of them are sent. */
export function statusOf({ content, state, delivery }: Message): MessageStatus {
  return content.kind === "album" && state !== "sent" ? state : (delivery ?? state);
}
