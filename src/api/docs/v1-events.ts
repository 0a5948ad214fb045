import { type TObject, Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { eventSchema } from "../../core/model/events/event-schema.ts";
import { eventTypes } from "../../core/model/events/events.ts";
import { deliveryStages } from "../../core/ports/deliveries.ts";
import { found, operation, page } from "./answers.ts";
import { failed } from "./failure.ts";
import { oneOf, rawSchema, seconds } from "./parts.ts";

export const eventType = oneOf(eventTypes, { title: "EventType" });
const pruned = failed("What is asked for was pruned");

/** With `?raw=true`. */
const raw = Type.Optional(
  Type.Record(Type.String(), Type.Union([rawSchema, Type.Null()]), {
    description:
      "With `?raw=true`: the messages that came or left, by the ids of their events; null of what is not kept.",
  }),
);
const withRaw = <T extends TObject>(answer: T): TObject => Type.Composite([answer, Type.Object({ raw })]);

export const ofDevice = operation("listDeviceEvents", "List logged events of a device behind `after`, oldest first", {
  200: ["A page; its `after` continues", withRaw(page(eventSchema, "after", Type.Integer({ minimum: 0 })))],
  410: pruned,
});

export const ofTenant = operation(
  "listEvents",
  "List events of every device behind `cursor`, oldest first, or stream them",
  {
    200: [
      "A page; its `cursor` continues. As a stream: each event with the cursor as its `id`",
      {
        byType: {
          "application/json": withRaw(
            page(
              eventSchema,
              "cursor",
              Type.String({ description: "Continues behind the last of them; also where there are no more yet." }),
            ),
          ),
          "text/event-stream": Type.String({
            description:
              "`data` of each is an Event, `event` its type, `id` the cursor. With `?raw=true` what is of a message has `raw`, too.",
          }),
        },
      },
    ],
    410: pruned,
  },
  {
    description: "With `Accept: text/event-stream` a stream from now on, or from `Last-Event-ID`.",
    headers: { "Last-Event-ID": "Of a stream: the cursor to continue behind." },
  },
);

const absent = failed("Nobody knows it");

export const oneEvent = operation("getEvent", "Get one event, by the id that receivers know as `webhook-id`", {
  200: ["The event", withRaw(found(eventSchema))],
  404: absent,
});

const attempts = {
  attempts: Type.Integer({ minimum: 0, description: "Attempts begun, ever." }),
  error: nullable(Type.String()),
  next_attempt_at: nullable(seconds),
  settled_at: nullable(seconds),
};
const reason = nullable(Type.String({ description: "Why it waits, is dead, or was never to be." }));
export const stage = oneOf(deliveryStages, { title: "DeliveryStage" });
const responseStatus = nullable(Type.Integer({ description: "HTTP status of the last answer." }));

/** What becomes of an event at a target. */
export const progress = { ...attempts, status: stage, reason, response_status: responseStatus };

const which = {
  webhook_id: Type.String(),
  url: nullable(Type.String({ description: "Null of one that was removed." })),
};
export const notSubscribed = Type.Literal("not_subscribed");
const fate = Type.Union(
  [
    Type.Object({ ...which, ...progress }, { title: "WebhookDelivery" }),
    Type.Object({ ...which, status: notSubscribed, reason }, { title: "WebhookNotSubscribed" }),
  ],
  { title: "EventDelivery" },
);
const pluginFate = Type.Object(
  { plugin: Type.String(), ...attempts, status: stage, reason },
  { title: "PluginDelivery" },
);

export const deliveriesOfEvent = operation("listEventDeliveries", "Tell what became of one event, for every webhook", {
  200: ["One for each", found(Type.Array(fate))],
  404: absent,
});

export const pluginsOfEvent = operation(
  "listEventPlugins",
  "Tell what became of one event, for every plugin that asked for it",
  { 200: ["One for each", found(Type.Array(pluginFate))], 403: failed("Not the admin's key"), 404: absent },
);

export const catalogue = operation("listEventTypes", "List the type of every event there is", {
  200: ["The types", found(Type.Array(eventType))],
});

const description = Type.Object(
  {
    type: eventType,
    live_only: Type.Boolean({ description: "Told while it is true and never logged." }),
    schema: Type.Record(Type.String(), Type.Unknown(), { description: "JSON Schema of the whole event." }),
    example: eventSchema,
  },
  { title: "EventDescription" },
);
export const oneType = operation("getEventType", "Tell what an event looks like", {
  200: ["The description", found(description)],
  404: failed("There is no such event"),
});
