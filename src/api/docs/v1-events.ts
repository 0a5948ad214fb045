import { describeEvent, exampleOf } from "../../core/model/events/event-schema.ts";
import { operation } from "./answers.ts";
import { keyed } from "./keyed.ts";

const example = exampleOf("device.paired");

const pruned = (error: string): [string, unknown] => [
  "What is asked for was pruned",
  { success: false, error, code: "gone" },
];

export const ofDevice = operation("Logged events of a device behind `after`, oldest first", keyed, {
  200: ["A page; its `after` continues", { success: true, data: [example], after: 42 }],
  410: pruned("Events after 3 were pruned; the oldest kept is 7: use after=6."),
});

export const ofTenant = operation(
  "Events of every device behind `cursor`, oldest first, or the `latest` so many. With `Accept: text/event-stream` a stream from now on, or from `Last-Event-ID`",
  keyed,
  {
    200: ["A page; its `cursor` continues", { success: true, data: [example], cursor: "MTo0Mg" }],
    400: [
      "A parameter is wrong",
      {
        success: false,
        error: "cursor takes what an earlier answer gave as cursor; leave it out to start.",
        code: "invalid",
      },
    ],
    410: pruned("Events behind this cursor were pruned; leave it out to start from the oldest kept."),
  },
);

const absent: [string, unknown] = [
  "Nobody knows it",
  { success: false, error: "Event not found: it never happened here, or it was pruned.", code: "not_found" },
];

export const oneEvent = operation("One event, by the id that receivers know as `webhook-id`", keyed, {
  200: ["The event", { success: true, data: example }],
  404: absent,
});

const delivered = {
  webhook_id: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e56",
  url: "https://example.com/hook",
  status: "delivered",
  attempts: 1,
  reason: null,
  response_status: 200,
  error: null,
  next_attempt_at: null,
  settled_at: 1795181825,
};
const filtered = {
  webhook_id: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e57",
  url: "https://example.com/orders",
  status: "not_subscribed",
  reason: "the webhook does not ask for device.paired: its events are message.*",
};

const handled = {
  plugin: "ping",
  status: "delivered",
  attempts: 1,
  reason: null,
  error: null,
  next_attempt_at: null,
  settled_at: 1795181825,
};

export const deliveriesOfEvent = operation(
  "What became of one event, for every webhook: those that were removed since have no `url`",
  keyed,
  { 200: ["A fate for each", { success: true, data: [delivered, filtered] }], 404: absent },
);

export const pluginsOfEvent = operation(
  "What became of one event, for every plugin that asked for it; for the admin key",
  keyed,
  {
    200: ["A fate for each", { success: true, data: [handled] }],
    403: [
      "Not the admin's key",
      { success: false, error: "Only the admin key may see what plugins got.", code: "forbidden" },
    ],
    404: absent,
  },
);

export const catalogue = operation("The type of every event there is", keyed, {
  200: ["The types", { success: true, data: ["message.received", "message.sent"] }],
});

const { type, live_only, schema, example: entire } = describeEvent("webhook.test");

export const oneType = operation(
  "What an event looks like: the JSON Schema of the whole event, and an example",
  keyed,
  {
    200: ["The description", { success: true, data: { type, live_only, schema, example: entire } }],
    404: ["No such event", { success: false, error: 'There is no event "x"; there are: ….', code: "not_found" }],
  },
);
