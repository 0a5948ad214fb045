import { operation } from "./answers.ts";
import { keyed } from "./keyed.ts";

const shared = {
  ...keyed,
  404: [
    "Absent, or somebody else's",
    { success: false, error: "Webhook not found or access denied", code: "not_found" },
  ] as [string, unknown],
};
const id = "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e56";
const eventId = "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e55";
const webhook = {
  id,
  url: "https://example.com/hook",
  description: "orders",
  events: ["message.*"],
  devices: null,
  headers: ["authorization"],
  status: "active",
  reason: null,
  origin: "api",
  failing_since: null,
  last_success_at: 1795181825,
  last_failure: { at: 1795181820, response_status: 500, error: "status 500" },
  created_at: 1795181820,
  updated_at: 1795181820,
};
const fresh = { ...webhook, last_success_at: null, last_failure: null };
const made = { ...fresh, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", old_secrets_until: [] };
const rotated = { ...made, old_secrets_until: [1795268220] };
const invalid = (error: string): [string, unknown] => [
  "A field is missing or wrong",
  { success: false, error, code: "invalid" },
];
const operators = {
  409: [
    "The webhook is the operator's",
    {
      success: false,
      error: "This webhook comes from WEBHOOK_URL, WEBHOOK_SECRET and WEBHOOK_EVENTS: change it there and start again.",
      code: "conflict",
    },
  ] as [string, unknown],
};
const unknownEvent = 'events names "message.sennt", which no event matches; use "*", "message.*" or one of: ….';

export const list = operation("Every webhook, those of WEBHOOK_URL too", keyed, {
  200: ["The webhooks", { success: true, data: [webhook] }],
});
export const create = operation("Makes a webhook. The answer is the only one that shows its secret unasked", keyed, {
  201: ["It gets every event from now on", { success: true, data: made }],
  400: invalid(unknownEvent),
});
const figures = {
  pending: 0,
  pending_since: null,
  dead: 1,
  health: "ok",
  backing_off_until: null,
  recent: { deliveries: 200, delivered: 199, dead: 1, attempts: 214, failed_attempts: 15, duration: 12 },
};
export const one = operation(
  "One webhook, with how much is pending since when, how much is dead, how its latest 200 deliveries went (`duration` in ms, on average, of attempts that were taken), and its `health`: `ok`, `degraded` (one chat at a time, since it keeps failing) or `backing_off` as it asked",
  shared,
  { 200: ["The webhook", { success: true, data: { ...webhook, ...figures } }] },
);
export const change = operation("Changes what is named and leaves the rest", shared, {
  200: ["The webhook as it is now", { success: true, data: webhook }],
  400: invalid(unknownEvent),
  ...operators,
});
export const removed = { success: true, message: "Webhook removed" };
export const remove = operation("Removes a webhook; what was owed to it is owed no longer", shared, {
  200: ["It is gone", removed],
  ...operators,
});
export const secret = operation("The secret that signs; needs the scope `manage`", shared, {
  200: ["The present secret", { success: true, data: { secret: made.secret } }],
});
export const rotate = operation(
  "A new secret. For `overlap` seconds (a day) deliveries carry the signatures of both",
  shared,
  { 200: ["The webhook with its new secret", { success: true, data: rotated }], 400: invalid("…"), ...operators },
);
export const test = operation("Posts a `webhook.test` now, once, outside the log", shared, {
  200: [
    "What the receiver made of it",
    { success: true, data: { delivered: true, response_status: 200, duration: 12, error: null, response: "ok" } },
  ],
});
export const pause = operation("Holds deliveries back without losing any", shared, {
  200: ["The webhook as it is now", { success: true, data: { ...webhook, status: "paused" } }],
});
export const resume = operation("Delivers again, what waited first; also brings a disabled webhook back", shared, {
  200: ["The webhook as it is now", { success: true, data: webhook }],
});

const delivery = {
  event_id: eventId,
  type: "message.received",
  device: "default",
  seq: 42,
  status: "delivered",
  attempts: 2,
  reason: null,
  response_status: 200,
  error: null,
  next_attempt_at: null,
  settled_at: 1795181825,
};
const log = [
  { number: 1, at: 1795181820, duration: 12, response_status: 500, error: "status 500", response: "oops" },
  { number: 2, at: 1795181825, duration: 9, response_status: 200, error: null, response: "ok" },
];

export const deliveries = operation(
  "What was owed to a webhook, newest first: `blocked` by another of its chat, `due`, `running`, `delivered` or `dead`",
  shared,
  {
    200: ["A page; `before` asks for the next, null ends", { success: true, data: [delivery], before: null }],
    400: invalid('"status" takes some of blocked, due, running, delivered, dead, with commas.'),
  },
);
export const oneDelivery = operation(
  "Why an event did or did not arrive: what it waits for or why it is dead, and every attempt with the first 2 KB of its answer. `not_subscribed`: it was never to be",
  shared,
  { 200: ["The history", { success: true, data: { ...delivery, log } }] },
);
export const redelivering = { success: true, message: "It will be delivered again" };
export const redeliver = operation("Delivers one event again, or for the first time", shared, {
  202: ["It is due", redelivering],
  409: [
    "It is on its way",
    { success: false, error: "This event is on its way to the webhook already.", code: "conflict" },
  ],
});
export const redeliverAll = operation(
  "Delivers again what happened in a range; dead ones unless told otherwise",
  shared,
  {
    202: ["How many are due now", { success: true, data: { count: 3 } }],
    400: invalid('"since" is missing: it takes Unix seconds.'),
  },
);
