import type { QueueClass } from "../model/queue-class.ts";
import type { Context } from "../model/content/content.ts";
import type { DeliveryState, Message, MessageState, MessageStatus } from "../model/message/message.ts";
import type { SentContent } from "../model/content/sent.ts";
import type { Wait, WaitReason } from "../model/waiting.ts";
import type { Hold } from "./hold.ts";

/** What happened to an outgoing message. */
export interface MessageChange {
  waId: string;
  state?: MessageState;
  /** Only ever raised: `read` after `delivered`, never back. */
  delivery?: DeliveryState;
  reason?: string | null;
  error?: string | null;
  forced?: boolean;
  sentAt?: number;
  wire?: Uint8Array;
  /** Milliseconds since 1970 before which it may not leave. */
  notBefore?: number;
  /** Null: no longer scheduled. */
  sendAt?: number | null;
  priority?: number;
  /** It takes the last place in the queue, as if it came now. */
  last?: true;
  expiresAt?: number;
  at: number;
}

export interface NewMessage {
  id: string;
  waId: string;
  chat: string;
  content: SentContent;
  context?: Context;
  createdAt: number;
  /** A place in `priorities`. */
  priority: number;
  notBefore: number;
  /** Milliseconds since 1970; null is at once. */
  sendAt: number | null;
  expiresAt: number | null;
  idempotency: Idempotency | null;
}

/** A message that was made of a draft. */
export interface Drafted {
  message: NewMessage;
  /** Of an album: its files, each a message that is queued behind it. */
  files?: NewMessage[];
  /** Why it may not leave at once; null when it may. */
  wait: Wait | null;
}

/** A caller's own key, and what it was used for. */
export interface Idempotency {
  key: string;
  bodyHash: string;
}

export interface MessageQuery {
  /** A JID; null is every chat. */
  chat?: string | null;
  kinds?: readonly string[] | null;
  /** How far it got, as its recipients' phones say. */
  statuses?: readonly MessageStatus[] | null;
  /** When it was made, milliseconds since 1970, both included. */
  since?: number;
  until?: number;
  state: MessageState | null;
  /** Only those that wait for this. */
  reason: WaitReason | null;
  /** Only those older than the message with this place; null is from the newest. */
  before: number | null;
  limit: number;
}

/** Of many devices: those that an index tells apart. */
export type ManyQuery = Pick<MessageQuery, "state" | "reason" | "before" | "limit">;

export interface MessagePage {
  /** Newest first. */
  messages: Message[];
  /** The place of the last one when there are more. */
  next: number | null;
}

export interface Messages {
  /**
   * Queues a message, and right behind it those that follow, all or none. With an idempotency key that is known, returns
   * the message it made (`fresh: false`), or throws `idempotency_conflict` when the body differs. Throws `queue_full` at
   * the device's limit.
   */
  queue(
    device: string,
    message: NewMessage,
    following?: readonly NewMessage[],
  ): Promise<{ message: Message; fresh: boolean }>;
  /** The message that an idempotency key made before, or null. Throws `idempotency_conflict` when the body differs. */
  repeated(device: string, idempotency: Idempotency, now: number): Promise<Message | null>;
  /**
   * The queued ones that may leave now, at most one of a chat so that none there overtakes another: by class in the
   * order that is given, in a class the most welcome first, then the oldest.
   */
  next(device: string, now: number, limit: number, order: readonly QueueClass[]): Promise<Message[]>;
  /** The same of one chat, without a look at the whole queue. */
  nextIn(device: string, now: number, chat: string): Promise<Message | null>;
  /** They are on their way. A power cut may undo it: then they leave again, with the same ids. */
  take(hold: Hold, waIds: readonly string[], at: number): Promise<void>;
  /** The waiting ones whose time has come, oldest first. */
  due(device: string, now: number, limit: number): Promise<Message[]>;
  /** Those, waiting or queued, that should have left by now. */
  expired(device: string, now: number, limit: number): Promise<Message[]>;
  /**
   * The earliest `due` and `expired` of the device; null when nothing is to come. `held`: whether anything waits for
   * another reason than its schedule.
   */
  moments(device: string): Promise<{ due: number | null; expiry: number | null; held: boolean }>;
  /** Whatever waits is due now, but for what is scheduled. */
  reconsider(hold: Hold, now: number): Promise<void>;
  /** What is to leave and has not, in one chat or all (null), oldest first. */
  unsent(device: string, chat: string | null, limit: number): Promise<Message[]>;
  /** Albums that are announced and not settled. */
  announced(device: string): Promise<Message[]>;
  list(device: string, query: MessageQuery): Promise<MessagePage>;
  /** The same of many devices, as they were queued one among the other. */
  listMany(devices: readonly string[], query: ManyQuery): Promise<MessagePage>;
  /** How many there are, whichever page is asked for. */
  count(device: string, query: MessageQuery): Promise<number>;
  get(device: string, id: string): Promise<Message | null>;
  byWaId(device: string, waId: string): Promise<Message | null>;
  /** When a connection opens: what was `sending` is `queued` again, with the same ids, and nothing queued is delayed. */
  requeue(hold: Hold): Promise<number>;
  /**
   * What is scheduled is planned by the wall clock as it is now, whatever it said when it was queued: `ahead` is what our
   * time has on it, `after` the moment behind which a message must have been made; null is any.
   */
  replan(hold: Hold, ahead: number, after: number | null): Promise<void>;
}

/** Which messages to list: 1 to 500 of them. */
export type MessageFilter = Partial<MessageQuery> & Pick<MessageQuery, "limit">;
