import type { EventData, NewEvent } from "./events.ts";
import { type Wait, waitMs } from "./governor.ts";
import type { Message } from "./message.ts";
import type { MessageChange } from "./messages.ts";

/** What becomes of a message: the event that tells it and the change of its row. */
export interface Outcome {
  events: NewEvent[];
  messages: MessageChange[];
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** The part of its events' data that names a message. */
export function named({ waId, id, chat }: Message, at: number): EventData<"message.cancelled"> {
  return { id: waId, message_id: id, chat, timestamp: seconds(at) };
}

/** `now` is the time that releases are planned by, `at` the time that is shown. */
export function waits(message: Message, { until, reason }: Wait, now: number, at: number): Outcome {
  const data = { ...named(message, at), reason, release_at: seconds(until) };
  const { waId, chat } = message;
  const expiresAt = message.expiresAt ?? now + waitMs;
  return {
    // The same wait, found again, is no news.
    events: [{ type: "message.waiting", at, chat, once: `waiting|${waId}|${reason}|${until}`, data }],
    messages: [{ waId, state: "waiting", reason, error: null, notBefore: until, expiresAt, byHand: false, at }],
  };
}

/** It may leave: in its turn, or at somebody's word. */
export function released(message: Message, at: number, byHand: boolean): Outcome {
  const { waId, chat } = message;
  return {
    events: [{ type: "message.released", at, chat, once: `released|${waId}|${at}`, data: named(message, at) }],
    messages: [{ waId, state: "queued", reason: null, notBefore: 0, byHand, at }],
  };
}

export function cancelled(message: Message, at: number): Outcome {
  const { waId, chat } = message;
  return {
    events: [{ type: "message.cancelled", at, chat, once: `cancelled|${waId}`, data: named(message, at) }],
    messages: [{ waId, state: "cancelled", reason: null, at }],
  };
}

/** `code` is WhatsApp's number or a word of ours, `error` the sentence for people. */
export function failed(message: Message, at: number, code: string, error: string): Outcome {
  const { waId, chat } = message;
  const data = { ...named(message, at), error, code };
  return {
    events: [{ type: "message.failed", at, chat, once: `ack|${waId}`, data }],
    messages: [{ waId, state: "failed", reason: code, error, at }],
  };
}

export function together(outcomes: readonly Outcome[]): Outcome {
  return {
    events: outcomes.flatMap(({ events }) => events),
    messages: outcomes.flatMap(({ messages }) => messages),
  };
}
