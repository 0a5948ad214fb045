import type { Delivery } from "../ports/delivery-log.ts";
import type { Endpoint } from "../ports/endpoint.ts";
import type { BotEvent } from "../model/events/events.ts";
import { asksFor, type Interest } from "../model/events/targets.ts";

/** Why a webhook never was to get an event, as far as that can be told later. */
export function whyNotSubscribed(
  endpoint: Endpoint,
  event: BotEvent,
  interestOf: (endpoint: Endpoint) => Interest,
): string {
  const { tenant, events, devices, deviceGroups, chats, createdAt } = endpoint;
  const source = { tenant, uid: event.device, id: event.device };
  if (writtenAt(event) < createdAt) return "it happened before the webhook was made";
  if (!asksFor({ events, devices: null, tenant }, event.type, source)) {
    return `the webhook does not ask for ${event.type}: its events are ${events.join(", ")}`;
  }
  const where = event.device === null ? "what concerns no device" : `the device ${event.device}`;
  if (!asksFor({ events, devices, tenant }, event.type, source))
    return `the webhook does not ask for ${where}: its devices are ${devices?.join(", ")}`;
  const interest = interestOf(endpoint);
  if (!asksFor(interest, event.type, source))
    return `the webhook does not ask for ${where}: its groups of devices are ${deviceGroups?.join(", ")}`;
  const chat = "chat" in event.data && typeof event.data.chat === "string" ? event.data.chat : null;
  if (!asksFor(interest, event.type, source, chat))
    return `the webhook does not ask for such chats: its chats are ${chats?.join(", ")}`;
  return "the webhook was disabled then, or asked for something else";
}

/** UUIDv7 begins with the moment it was made, in milliseconds. */
const writtenAt = ({ id }: BotEvent): number => parseInt(id.replace("-", "").slice(0, 12), 16);

/** How a webhook stands now; times are the courier's. */
export interface TargetStatus {
  endpoint: Endpoint;
  now: number;
  /** It asked to be left alone until then. */
  restUntil: number;
}

/** What an open delivery waits for; of a settled one what stands in the log. `head` stands before it in its chat. */
export function whyItStands(
  { stage, reason, dueAt }: Delivery,
  head: string | null,
  status: TargetStatus,
): string | null {
  const { endpoint, now, restUntil } = status;
  if (stage === "delivered" || stage === "dead") return reason;
  if (stage === "running") return "it is being delivered";
  if (endpoint.state === "paused") return "the webhook is paused";
  if (endpoint.state === "disabled") return `the webhook is disabled: ${endpoint.reason}`;
  if (stage === "blocked") return `it comes after ${head ?? "another event"}, which is still to be delivered`;
  if (restUntil > now) return "the receiver asked to be left alone for a while";
  return (dueAt ?? 0) > now ? "the last attempt failed; it is offered again" : "it waits for its turn";
}

/** When it is offered next, as far as is known; null while something else has to happen first. */
export function nextAttemptAt({ dueAt }: Delivery, { endpoint, restUntil }: TargetStatus): number | null {
  return dueAt === null || endpoint.state !== "active" ? null : Math.max(dueAt, restUntil);
}
