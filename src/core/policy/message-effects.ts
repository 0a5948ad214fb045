import { unixSeconds } from "../base/durations.ts";
import type { EventData, NewEvent, NewEventData } from "../model/events/events.ts";
import type { Wait } from "../model/waiting.ts";
import { waitMs } from "./governor.ts";
import type { FailReason } from "../model/message/fail-reason.ts";
import { type DeliveryState, type Message, unanswered } from "../model/message/message.ts";
import type { MessageChange } from "../ports/messages.ts";

/** What becomes of a message: the event that tells it and the change of its row. */
export interface MessageEffects {
  events: NewEvent[];
  messages: MessageChange[];
}

/** The part of its events' data that names a message. */
export function named({ waId, id, chat, bulk, context }: Message, at: number): NewEventData<"message.cancelled"> {
  const { album } = context;
  return {
    id: waId,
    message_id: id,
    chat,
    timestamp: unixSeconds(at),
    ...(bulk === null ? {} : { bulk_id: bulk }),
    ...(album === undefined ? {} : { album }),
  };
}

/** Of a bulk's messages it is told together how they wait: ten thousand would say it at once. */
export const quietly = ({ bulk }: Message, outcome: MessageEffects): MessageEffects =>
  bulk === null ? outcome : { ...outcome, events: [] };

/** It is held for the moment it is scheduled for: `until`, as releases are planned. */
export function scheduled(message: Message, until: number, at: number): MessageEffects {
  const { waId, chat, sendAt, expiresAt, notBefore, updatedAt } = message;
  if (sendAt === null) throw new Error("a message without a schedule");
  const reason = "scheduled";
  const once = `waiting|${waId}|${reason}|${sendAt}|${updatedAt}`;
  const data = { ...named(message, at), reason, release_at: unixSeconds(sendAt) } as const;
  // The time it may take is counted from its moment, whenever that is.
  const expiry = expiresAt === null || notBefore === 0 ? {} : { expiresAt: expiresAt + until - notBefore };
  return {
    events: [{ type: "message.waiting", at, chat, once, data }],
    messages: [{ waId, state: "waiting", reason, error: null, notBefore: until, sendAt, ...expiry, forced: false, at }],
  };
}

/** `now` is the time that releases are planned by, `at` the time that is shown. */
export function waits(message: Message, { until, reason }: Wait, now: number, at: number): MessageEffects {
  const data = { ...named(message, at), reason, release_at: unixSeconds(until) };
  const { waId, chat } = message;
  const expiresAt = message.expiresAt ?? now + waitMs;
  return quietly(message, {
    // The same wait, found again, is no news.
    events: [{ type: "message.waiting", at, chat, once: `waiting|${waId}|${reason}|${until}`, data }],
    messages: [
      { waId, state: "waiting", reason, error: null, notBefore: until, sendAt: null, expiresAt, forced: false, at },
    ],
  });
}

/** It may leave: in its turn, or at somebody's word. */
export function released(
  message: Message,
  at: number,
  change: Pick<MessageChange, "forced" | "priority" | "expiresAt">,
): MessageEffects {
  const { waId, chat, sendAt, bulk } = message;
  // It was nobody's turn before its moment. A bulk keeps the order it was given in.
  const turn = sendAt === null || bulk !== null ? {} : ({ last: true } as const);
  return {
    events: [{ type: "message.released", at, chat, once: `released|${waId}|${at}`, data: named(message, at) }],
    messages: [{ waId, state: "queued", reason: null, notBefore: 0, sendAt: null, ...turn, ...change, at }],
  };
}

export function cancelled(message: Message, at: number): MessageEffects {
  const { waId, chat } = message;
  return {
    events: [{ type: "message.cancelled", at, chat, once: `cancelled|${waId}`, data: named(message, at) }],
    messages: [{ waId, state: "cancelled", reason: null, at }],
  };
}

/** WhatsApp took it. */
export function sent(
  message: Message,
  at: number,
  more: Pick<EventData<"message.sent">, "server_id"> = {},
): MessageEffects {
  const { waId, chat, content } = message;
  const data = { ...named(message, at), content, ...more };
  return {
    events: [{ type: "message.sent", at, chat, once: `ack|${waId}`, data }],
    messages: [{ waId, state: "sent", reason: null, error: null, sentAt: at, at }],
  };
}

/** It reached its people, as a receipt says; `participant`: which of them. */
export function arrived(
  message: Message,
  delivery: DeliveryState,
  participant: string | null,
  at: number,
): MessageEffects {
  const { waId, chat } = message;
  const data = { ...named(message, at), status: delivery, participant };
  const once = `status|${waId}|${delivery}|${participant ?? ""}`;
  return {
    events: [{ type: "message.status", at, chat, once, data }],
    messages: [{ waId, delivery, at }],
  };
}

/** `error` is the sentence for people. */
export function failed(message: Message, at: number, code: FailReason, error: string): MessageEffects {
  const { waId, chat } = message;
  const data = { ...named(message, at), error, code };
  return {
    events: [{ type: "message.failed", at, chat, once: `ack|${waId}`, data }],
    messages: [{ waId, state: "failed", reason: code, error, at }],
  };
}

/** It did not get through for a reason that passes: it stands in its place again and may leave at `until`. */
export function delayed(message: Message, until: number, now: number, at: number): MessageEffects {
  const { waId, reason } = message;
  const expiresAt = message.expiresAt ?? now + waitMs;
  return {
    events: [],
    messages: [
      { waId, state: "queued", reason: reason === unanswered ? reason : null, notBefore: until, expiresAt, at },
    ],
  };
}

export function together(outcomes: readonly MessageEffects[]): MessageEffects {
  return {
    events: outcomes.flatMap(({ events }) => events),
    messages: outcomes.flatMap(({ messages }) => messages),
  };
}
