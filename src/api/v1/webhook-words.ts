import type { Redelivery, DeliveryStatus, DeliveryView } from "../../core/webhooks/delivery-service.ts";
import type { AttemptRecord, Recent } from "../../core/ports/delivery-log.ts";
import type { Outcome } from "../../core/ports/deliveries.ts";
import type { Endpoint } from "../../core/ports/endpoint.ts";
import type { WebhookFigures } from "../../core/webhooks/webhook-service.ts";
import type { Static } from "@sinclair/typebox";
import type * as docs from "../docs/v1-webhooks.ts";
import { unixSeconds } from "../moment.ts";

const seconds = (at: number | null) => (at === null ? null : unixSeconds(at));

/** Values of custom headers are often keys: they are never shown. */
export const webhookBody = (
  endpoint: Endpoint,
  { lastSuccessAt, lastFailure }: Recent,
): Static<typeof docs.webhook> => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  events: endpoint.events,
  devices: endpoint.devices,
  device_groups: endpoint.deviceGroups,
  headers: Object.keys(endpoint.headers),
  replies: endpoint.replies,
  raw: endpoint.raw,
  batch: endpoint.batch,
  burst: endpoint.burst,
  inline_kb: endpoint.inlineKb,
  chats: endpoint.chats,
  status: endpoint.state,
  reason: endpoint.reason,
  origin: endpoint.origin,
  failing_since: seconds(endpoint.failingSince),
  last_success_at: seconds(lastSuccessAt),
  last_failure: lastFailure && {
    at: unixSeconds(lastFailure.at),
    response_status: lastFailure.status,
    error: lastFailure.error,
  },
  created_at: unixSeconds(endpoint.createdAt),
  updated_at: unixSeconds(endpoint.updatedAt),
});

export const figuresBody = ({
  pending,
  pendingSince,
  dead,
  health,
  restUntil,
  recent,
}: WebhookFigures): Static<typeof docs.figures> => ({
  pending,
  pending_since: seconds(pendingSince),
  dead,
  health,
  backing_off_until: seconds(restUntil),
  recent: {
    deliveries: recent.deliveries,
    delivered: recent.delivered,
    dead: recent.dead,
    attempts: recent.attempts,
    failed_attempts: recent.failed,
    duration: recent.duration,
  },
});

export const withSecret = (endpoint: Endpoint, recent: Recent): Static<typeof docs.secretWebhook> => ({
  ...webhookBody(endpoint, recent),
  secret: endpoint.secrets[0]?.secret ?? "",
  old_secrets_until: endpoint.secrets.slice(1).map(({ expiresAt }) => seconds(expiresAt)),
});

export const testBody = ({
  ok,
  status,
  error,
  response,
  duration,
}: Outcome & { duration: number }): Static<typeof docs.testResult> => ({
  delivered: ok,
  response_status: status ?? null,
  duration,
  error: error ?? null,
  response: response ?? null,
});

export const deliveryBody = ({ delivery, nextAt }: DeliveryView): Static<typeof docs.delivery> => {
  const { event, stage, attempts, reason, settledAt, last } = delivery;
  return {
    event_id: event.id,
    type: event.type,
    device: event.device,
    seq: event.seq,
    status: stage,
    attempts,
    reason,
    response_status: last?.status ?? null,
    error: last?.error ?? null,
    next_attempt_at: seconds(nextAt),
    settled_at: seconds(settledAt),
  };
};

const attemptBody = ({ number, at, duration, status, error, response }: AttemptRecord) => ({
  number,
  at: unixSeconds(at),
  duration,
  response_status: status,
  error,
  response,
});

export const historyBody = (
  eventId: string,
  { fate, attempts }: { fate: DeliveryStatus; attempts: AttemptRecord[] },
): Static<typeof docs.deliveryHistory> =>
  fate.subscribed
    ? { ...deliveryBody(fate), reason: fate.reason, log: attempts.map(attemptBody) }
    : { event_id: eventId, status: "not_subscribed", reason: fate.reason, log: [] };

/** One event's fate for one webhook; `url` is null of one that was removed. */
export const fateBody = (webhook: string, url: string | null, fate: DeliveryStatus) => ({
  webhook_id: webhook,
  url,
  ...(fate.subscribed ? withoutEvent(deliveryBody(fate)) : { status: "not_subscribed" }),
  reason: fate.reason,
});

/** One event's fate for one plugin. */
export const pluginFateBody = (plugin: string, shown: DeliveryView) => {
  const { response_status: _, ...rest } = withoutEvent(deliveryBody(shown));
  return { plugin, ...rest };
};

const withoutEvent = ({ event_id: _1, type: _2, device: _3, seq: _4, ...rest }: ReturnType<typeof deliveryBody>) =>
  rest;

const heldBack = {
  paused: "It is due, and leaves when the webhook is resumed: it is paused.",
  disabled: "It is due, and leaves when the webhook is resumed: it is disabled.",
};

export const againBody = ({ held }: Redelivery) => ({
  success: true,
  message: held === null ? "It will be delivered again" : heldBack[held],
});
