import { Type } from "@sinclair/typebox";
import { count, nullable, targetSchema, unixSeconds } from "./parts.ts";
import { place } from "./places.ts";

export const event = Type.Object(
  {
    kind: Type.Literal("event"),
    name: Type.String(),
    description: Type.Optional(Type.String()),
    start_at: nullable(unixSeconds),
    end_at: Type.Optional(unixSeconds),
    place: Type.Optional(Type.Partial(place)),
    join_link: Type.Optional(Type.String()),
    cancelled: Type.Boolean(),
    extra_guests: Type.Boolean({ description: "Whether guests may bring somebody." }),
  },
  { description: "An appointment." },
);

export const answers = ["going", "not_going", "maybe"] as const;

export const eventResponse = Type.Object(
  {
    kind: Type.Literal("event_response"),
    target: targetSchema,
    response: nullable(Type.Union(answers.map((answer) => Type.Literal(answer)))),
    extra_guests: count,
  },
  { description: "An answer to an event; `response` is null when the event is not known here." },
);
