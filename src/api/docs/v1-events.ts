import { describeEvent, exampleOf } from "../../core/event-schema.ts";
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
