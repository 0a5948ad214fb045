import { eventSchema, schemaOfEvent } from "../../core/model/events/event-schema.ts";
import { eventTypes } from "../../core/model/events/events.ts";
import type { Components, Json } from "./components.ts";

const header = (name: string, description: string): Json => ({
  name,
  in: "header",
  required: true,
  description,
  schema: { type: "string" },
});
const parameters = [
  header("webhook-id", "The event's id, the same at every attempt."),
  header("webhook-timestamp", "Unix seconds of this attempt."),
  header("webhook-signature", "`v1,<base64>` for each secret that signs, as Standard Webhooks has it."),
];
const responses = {
  "2XX": { description: "The receiver has it. Anything else is tried again." },
  "410": { description: "The receiver wants nothing any more: the webhook is disabled." },
};

const operationName = (type: string): string =>
  `on${type.replaceAll(/(?:^|[._])([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;

/** What webhooks are sent, one for each type of event. */
export function webhooksOf(components: Components): Json {
  components.schema(eventSchema);
  return Object.fromEntries(
    eventTypes.map((type) => {
      const content = { "application/json": { schema: components.schema(schemaOfEvent(type)) } };
      const requestBody = { required: true, content };
      const summary = `Hear of \`${type}\``;
      const operationId = operationName(type);
      return [
        type,
        { post: { operationId, summary, tags: ["events"], security: [], parameters, requestBody, responses } },
      ];
    }),
  );
}
