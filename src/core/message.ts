import { type Static, Type } from "@sinclair/typebox";
import type { Content } from "./content.ts";

/** What can be sent, by kind; grows with `content.ts`. */
export const draftContentSchemas = {
  text: Type.Object({ kind: Type.Literal("text"), text: Type.String({ minLength: 1, maxLength: 65_536 }) }),
};
export type DraftKind = keyof typeof draftContentSchemas;
export type DraftContent = { [K in DraftKind]: Static<(typeof draftContentSchemas)[K]> }[DraftKind];

/** What somebody wants sent. `to` is still as the caller wrote it. */
export interface Draft {
  to: string;
  content: DraftContent;
}

export interface SendOptions {
  /** The caller's own key; the same one with the same draft is the same message, for 14 days. */
  idempotencyKey?: string;
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
  readonly content: DraftContent;
  readonly state: MessageState;
  readonly delivery: DeliveryState | null;
  /** Why it waits or failed, for people. */
  readonly reason: string | null;
  /** Milliseconds since 1970, all four. */
  readonly createdAt: number;
  readonly notBefore: number;
  readonly sentAt: number | null;
  readonly updatedAt: number;
}

/** What a connection is given to send. */
export type Outgoing = Pick<Message, "id" | "waId" | "chat" | "content">;

/** A message that came in. Data of `message.received`. */
export interface Incoming {
  readonly id: string;
  readonly chat: string;
  readonly sender: string;
  readonly senderPhone: string | null;
  readonly senderLid: string | null;
  readonly fromMe: boolean;
  readonly isGroup: boolean;
  readonly pushName: string | null;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly content: Content;
}
