import { Type } from "@sinclair/typebox";
import { answers } from "./event.ts";
import { spot } from "./draft-places.ts";
import { exact, kind, moment, target, visible } from "./draft-parts.ts";

export const event = Type.Object(
  {
    ...kind("event"),
    name: Type.String({ ...visible, maxLength: 100, description: "a text of 1 to 100 characters" }),
    description: Type.Optional(Type.String({ maxLength: 2_048, description: "a text of up to 2,048 characters" })),
    start_at: Type.Integer(moment),
    end_at: Type.Optional(Type.Integer(moment)),
    place: Type.Optional(Type.Partial(Type.Object(spot, exact))),
    join_link: Type.Optional(
      Type.String({ pattern: "^https?://\\S+$", maxLength: 2_048, description: "an http(s) address to join at" }),
    ),
    cancelled: Type.Optional(Type.Boolean()),
    extra_guests: Type.Optional(Type.Boolean()),
  },
  exact,
);

export const eventResponse = Type.Object(
  {
    ...kind("event_response"),
    ...target,
    response: Type.Union(
      answers.map((answer) => Type.Literal(answer)),
      { description: answers.join(", ") },
    ),
    extra_guests: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
  },
  exact,
);
