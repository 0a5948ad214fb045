import type { DraftContent, DraftContext, DraftOptions } from "../model/content/draft.ts";
import type { Draft, Message, MessageStatus } from "../model/message/message.ts";
import type { Failure } from "../base/failure.ts";
import type { Drafted, Idempotency } from "./messages.ts";
import type { Hold } from "./hold.ts";

/** How many messages one bulk may have. */
export const mostInBulk = 10_000;

/** How many messages are where; each counts once. */
export type Tally = Record<MessageStatus, number>;

/** What somebody wants sent to many: one thing to each of `to`, or `messages` of their own. */
export type BulkDraft = DraftOptions & {
  /** Seconds between two of them. */
  interval?: number;
} & (
    | { to: readonly string[]; draft: DraftContext & { content: DraftContent } }
    | {
        /** One that its caller could not read stands there as its refusal. */
        messages: readonly (Draft | Failure)[];
        /** What refusals call each of them, instead of `messages.3`. */
        names?: readonly string[];
        /** Nobody gets two of them. */
        once?: true;
      }
  );

export const isOnce = (asked: BulkDraft): boolean => "to" in asked || asked.once === true;

export const bulkStates = ["running", "cancelling", "done", "cancelled"] as const;
export type BulkState = (typeof bulkStates)[number];

/** `once`: nobody gets two of its messages. */
export type QueuedBulk = Bulk & { readonly once?: boolean };

/** Many messages that were queued at once: each is a message like any other. */
export interface Bulk {
  /** UUIDv7. */
  readonly id: string;
  /** The device's uid. */
  readonly device: string;
  /** How many messages it was made of. */
  readonly total: number;
  /** Milliseconds since 1970, all three. */
  readonly createdAt: number;
  /** Somebody took back what had not left by then. */
  readonly cancelledAt: number | null;
  /** Nothing of it is left to be sent. */
  readonly doneAt: number | null;
}

export interface BulkReport {
  bulk: Bulk;
  tally: Tally;
}

export function stateOf({ cancelledAt, doneAt }: Bulk): BulkState {
  if (doneAt === null) return cancelledAt === null ? "running" : "cancelling";
  return cancelledAt === null ? "done" : "cancelled";
}

/** Of a bulk's messages, those that have left or never will. */
export function settledOf({ total }: Bulk, { queued, waiting, sending }: Tally): number {
  return total - queued - waiting - sending;
}

/** A bulk came to its end. */
export interface BulkChange {
  id: string;
  doneAt: number;
  /** Kept beside it, for when its messages are no longer. */
  tally: Tally;
}

export interface BulkPage<T> {
  items: T[];
  /** The place of the last one when there are more. */
  next: number | null;
}

export interface BulkMessageQuery {
  status: MessageStatus | null;
  /** Only those behind the message with this place; null is from the first. */
  after: number | null;
  limit: number;
}

export interface Bulks {
  /**
   * Queues all of it or nothing. An idempotency key that is known returns the bulk it made (`fresh: false`), or throws
   * `idempotency_conflict` when the body differs. Throws `queue_full` when the device's queue has no room for all.
   */
  queue(
    bulk: QueuedBulk,
    messages: readonly Drafted[],
    idempotency: Idempotency | null,
  ): Promise<{ bulk: Bulk; fresh: boolean }>;
  /** The bulk that an idempotency key made before, or null. Throws `idempotency_conflict` when the body differs. */
  repeated(device: string, idempotency: Idempotency, now: number): Promise<Bulk | null>;
  /** Throws `queue_full` when the device's queue has no room for so many now. */
  needRoom(device: string, count: number): Promise<void>;
  /**
   * Those of its messages that went, or were made for WhatsApp and may have, with all names of whom they are for; null of a bulk that may write
   * to somebody twice.
   */
  reached(device: string, id: string): Promise<{ waId: string; names: readonly string[] }[] | null>;
  get(device: string, id: string): Promise<Bulk | null>;
  /** Newest first. */
  list(device: string, query: { before: number | null; limit: number }): Promise<BulkPage<Bulk>>;
  /** Those of a device that are not done. */
  running(device: string): Promise<Bulk[]>;
  tally(bulk: Bulk): Promise<Tally>;
  /** Its messages in the order they were given. */
  messages(device: string, id: string, query: BulkMessageQuery): Promise<BulkPage<Message>>;
  /** Takes back what has not left. Within a turn of the device. */
  cancel(hold: Hold, id: string, at: number): Promise<void>;
}
