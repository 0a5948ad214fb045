import type { AttemptRecord, Delivery } from "../../core/delivery-log.ts";
import type { Outcome } from "../../core/deliveries.ts";
import type { Endpoint } from "../../core/endpoint.ts";
import type { History } from "../../core/webhook-desk.ts";
import { unixSeconds } from "../moment.ts";

const seconds = (at: number | null) => (at === null ? null : unixSeconds(at));

/** Values of custom headers are often keys: they are never shown. */
export const webhookBody = (endpoint: Endpoint) => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  events: endpoint.events,
  devices: endpoint.devices,
  headers: Object.keys(endpoint.headers),
  status: endpoint.state,
  reason: endpoint.reason,
  origin: endpoint.origin,
  failing_since: seconds(endpoint.failingSince),
  created_at: unixSeconds(endpoint.createdAt),
  updated_at: unixSeconds(endpoint.updatedAt),
});

export const withSecret = (endpoint: Endpoint) => ({
  ...webhookBody(endpoint),
  secret: endpoint.secrets[0]?.secret ?? "",
  old_secrets_until: endpoint.secrets.slice(1).map(({ expiresAt }) => seconds(expiresAt)),
});

export const testBody = ({ ok, status, error, response, duration }: Outcome & { duration: number }) => ({
  delivered: ok,
  response_status: status ?? null,
  duration,
  error: error ?? null,
  response: response ?? null,
});

export const deliveryBody = ({ event, stage, attempts, reason, dueAt, settledAt }: Delivery) => ({
  event_id: event.id,
  type: event.type,
  device: event.device,
  seq: event.seq,
  status: stage,
  attempts,
  reason,
  next_attempt_at: seconds(dueAt),
  settled_at: seconds(settledAt),
});

const attemptBody = ({ number, at, duration, status, error, response }: AttemptRecord) => ({
  number,
  at: unixSeconds(at),
  duration,
  response_status: status,
  error,
  response,
});

export const historyBody = (eventId: string, history: History) =>
  history.owed
    ? { ...deliveryBody(history.delivery), log: history.attempts.map(attemptBody) }
    : { event_id: eventId, status: "not_owed", reason: history.reason, log: [] };
