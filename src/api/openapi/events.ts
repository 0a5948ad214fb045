import { eventSchema, schemaOfEvent } from "../../core/model/events/event-schema.ts";
import { eventGuides } from "../../core/model/events/event-guide.ts";
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
  header("webhook-id", "The id of the event, or of the list, the same at every attempt."),
  header("webhook-timestamp", "Unix seconds of this attempt."),
  header("webhook-signature", "`v1,<base64>` for each secret that signs, as Standard Webhooks has it."),
];
const responses = {
  "2XX": {
    description:
      'The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event.',
  },
  "410": { description: "The receiver wants nothing any more: the webhook is disabled." },
};

/** Of a webhook that asks for lists. */
const several = {
  operationId: "onList",
  summary: "Hear of several events at once",
  description:
    "To a webhook with `batch` or `burst`, each time, also of one event. `webhook-id` names the list, the `id` of each event the event.",
  tags: ["events"],
  security: [],
  parameters,
  responses,
};

const operationName = (type: string): string =>
  `on${type.replaceAll(/(?:^|[._])([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;

/** What webhooks are sent, one for each type of event. */
export function webhooksOf(components: Components): Json {
  const list = { type: "array", items: components.schema(eventSchema), minItems: 1, maxItems: 100 };
  return Object.fromEntries([
    [
      "list",
      { post: { ...several, requestBody: { required: true, content: { "application/json": { schema: list } } } } },
    ],
    ...eventTypes.map((type) => {
      const content = { "application/json": { schema: components.schema(schemaOfEvent(type)) } };
      const requestBody = { required: true, content };
      const { when, follows } = eventGuides[type];
      const summary = `Hear of \`${type}\``;
      const description = `${when}\n\n**What follows:** ${follows}`;
      const operationId = operationName(type);
      return [
        type,
        {
          post: {
            operationId,
            summary,
            description,
            tags: ["events"],
            security: [],
            parameters,
            requestBody,
            responses,
          },
        },
      ];
    }),
  ]);
}
