import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { chatKinds } from "../../core/model/recipient.ts";
import { endpointStates } from "../../core/ports/endpoint.ts";
import { found, operation, page, toldDone } from "./answers.ts";
import { failed } from "./failure.ts";
import { oneOf, seconds } from "./parts.ts";
import { eventType, notSubscribed, progress } from "./v1-events.ts";

const listed = Type.Integer({ minimum: 1, maximum: 100, description: "Events in one list." });

const about = {
  id: Type.String(),
  url: Type.String(),
  description: nullable(Type.String()),
  events: Type.Array(Type.String(), { description: '`["message.*", "device.connected"]` or `["*"]`.' }),
  devices: nullable(Type.Array(Type.String(), { description: "Ids of devices; null is every device." })),
  device_groups: nullable(
    Type.Array(Type.String(), {
      description: "Only devices whose `device_group` is one of these; null is every device.",
    }),
  ),
  headers: Type.Array(Type.String(), { description: "Names of own headers. Their values are never shown." }),
  replies: Type.Boolean({ description: "What it answers to an event is sent into the chat of the event." }),
  raw: Type.Boolean({ description: "Events of messages carry the message as WhatsApp has it, in `raw`." }),
  batch: nullable(
    Type.Object(
      { events: listed, wait_ms: Type.Integer({ description: "Milliseconds that the first waits for others." }) },
      { title: "BatchRule", description: "Events come as one JSON array, all chats together." },
    ),
  ),
  burst: nullable(
    Type.Object(
      {
        pause_ms: Type.Integer({ description: "Milliseconds without a message that end it." }),
        longest_ms: Type.Integer({ description: "Milliseconds after which it comes though the chat goes on." }),
        events: listed,
      },
      { title: "BurstRule", description: "What a chat writes comes as one JSON array once it pauses." },
    ),
  ),
  inline_kb: Type.Integer({
    minimum: 0,
    description: "Files of up to so many kilobytes stand in the event, as `base64`; 0: none.",
  }),
  chats: nullable(Type.Array(oneOf(chatKinds), { description: "Kinds of chats; null is every kind." })),
  status: oneOf(endpointStates),
  reason: nullable(Type.String({ description: "Why it is disabled." })),
  origin: oneOf(["environment", "api"], { description: "`environment` is one of WEBHOOK_URL." }),
  failing_since: nullable(Type.Integer({ description: "Unix seconds since when every attempt has failed." })),
  last_success_at: nullable(seconds),
  last_failure: nullable(
    Type.Object({ at: seconds, response_status: nullable(Type.Integer()), error: nullable(Type.String()) }),
  ),
  created_at: seconds,
  updated_at: seconds,
};
export const webhook = Type.Object(about, { title: "Webhook" });
export const figures = Type.Object({
  pending: Type.Integer({ minimum: 0, description: "Events that wait for it." }),
  pending_since: nullable(seconds),
  dead: Type.Integer({ minimum: 0, description: "Events that were given up." }),
  health: oneOf(["ok", "degraded", "backing_off"], {
    description: "`degraded`: one chat at a time, since it keeps failing. `backing_off`: waits, as it asked.",
  }),
  backing_off_until: nullable(seconds),
  recent: Type.Object(
    {
      deliveries: Type.Integer({ minimum: 0 }),
      delivered: Type.Integer({ minimum: 0 }),
      dead: Type.Integer({ minimum: 0 }),
      attempts: Type.Integer({ minimum: 0 }),
      failed_attempts: Type.Integer({ minimum: 0 }),
      duration: nullable(Type.Number({ description: "Milliseconds, on average, of attempts that were taken." })),
    },
    { description: "How its latest 200 deliveries went." },
  ),
});
const detailed = Type.Object({ ...about, ...figures.properties }, { title: "WebhookWithFigures" });
export const secretWebhook = Type.Object(
  {
    ...about,
    secret: Type.String({ description: "Signs what is delivered." }),
    old_secrets_until: Type.Array(nullable(seconds), { description: "Until when each older secret signs too." }),
  },
  { title: "WebhookWithSecret" },
);

const shared = { 404: failed("Absent, or somebody else's") };
const operators = failed("The webhook is the operator's, of WEBHOOK_URL");

export const list = operation("listWebhooks", "List every webhook, those of WEBHOOK_URL too", {
  200: ["The webhooks", found(Type.Array(webhook))],
});
export const create = operation(
  "createWebhook",
  "Make a webhook",
  { 201: ["It gets every event from now on", found(secretWebhook)], 409: failed("As many as a tenant may have") },
  { description: "The answer is the only one that shows its secret unasked." },
);
export const one = operation("getWebhook", "Get a webhook, with how it does", {
  ...shared,
  200: ["The webhook", found(detailed)],
});
export const change = operation("updateWebhook", "Change what is named of a webhook and leave the rest", {
  ...shared,
  200: ["The webhook as it is now", found(webhook)],
  409: operators,
});
export const removed = { success: true, message: "Webhook removed" } as const;
export const remove = operation("deleteWebhook", "Remove a webhook; what was owed to it is owed no longer", {
  ...shared,
  200: ["It is gone", toldDone],
  409: operators,
});
export const secret = operation("getWebhookSecret", "Get the secret that signs", {
  ...shared,
  200: ["The present secret", found(Type.Object({ secret: Type.String() }))],
});
export const rotate = operation(
  "rotateWebhookSecret",
  "Make a new secret",
  { ...shared, 200: ["The webhook with its new secret", found(secretWebhook)], 409: operators },
  { description: "For `overlap` seconds (a day) deliveries carry the signatures of both." },
);
export const testResult = Type.Object(
  {
    delivered: Type.Boolean(),
    response_status: nullable(Type.Integer()),
    duration: Type.Number({ minimum: 0, description: "Milliseconds." }),
    error: nullable(Type.String()),
    response: nullable(Type.String({ description: "The first 2 KB of the answer." })),
  },
  { title: "WebhookTest" },
);
export const test = operation("testWebhook", "Post a `webhook.test` now, once, outside the log", {
  ...shared,
  200: ["What the receiver made of it", found(testResult)],
});
export const pause = operation("pauseWebhook", "Hold deliveries back without losing any", {
  ...shared,
  200: ["The webhook as it is now", found(webhook)],
  409: failed("It is disabled"),
});
export const resume = operation(
  "resumeWebhook",
  "Deliver again, what waited first",
  { ...shared, 200: ["The webhook as it is now", found(webhook)] },
  { description: "Also brings a disabled webhook back." },
);

const which = {
  event_id: Type.String(),
  type: eventType,
  device: nullable(Type.String()),
  seq: nullable(Type.Integer()),
};
export const delivery = Type.Object({ ...which, ...progress }, { title: "Delivery" });
const log = Type.Array(
  Type.Object(
    {
      number: Type.Integer({ minimum: 1 }),
      at: seconds,
      duration: nullable(Type.Number({ description: "Milliseconds; null when a crash cut it off." })),
      response_status: nullable(Type.Integer()),
      error: nullable(Type.String()),
      response: nullable(Type.String({ description: "The first 2 KB of the answer." })),
    },
    { title: "DeliveryAttempt" },
  ),
);
export const deliveryHistory = Type.Union(
  [
    Type.Object({ ...which, ...progress, log }, { title: "DeliveryWithLog" }),
    Type.Object(
      { event_id: Type.String(), status: notSubscribed, reason: nullable(Type.String()), log },
      { title: "DeliveryNotSubscribed" },
    ),
  ],
  { title: "DeliveryHistory" },
);

export const deliveries = operation("listDeliveries", "List what was owed to a webhook, newest first", {
  ...shared,
  200: ["A page; `before` asks for the next, null ends", page(delivery, "before", nullable(Type.Integer()))],
});
export const oneDelivery = operation(
  "getDelivery",
  "Tell why an event did or did not arrive",
  { ...shared, 200: ["What it waits for or why it is dead, and every attempt", found(deliveryHistory)] },
  { description: "`not_subscribed`: it was never to be." },
);
export const redeliver = operation("redeliverEvent", "Deliver one event again, or for the first time", {
  ...shared,
  202: ["It is due", toldDone],
  409: failed("It is on its way"),
});
export const redeliverAll = operation(
  "redeliverEvents",
  "Deliver again what happened in a range; dead ones unless told otherwise",
  { ...shared, 202: ["How many are due now", found(Type.Object({ count: Type.Integer({ minimum: 0 }) }))] },
);
