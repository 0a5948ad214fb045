import { Type } from "@sinclair/typebox";
import { Failure } from "../../base/failure.ts";
import { asMessageRef, invalid, lookUpKind } from "./message-ref.ts";
import { exact, kind, target } from "./draft-parts.ts";
import type { About, Make } from "./kind.ts";
import { count, nullable, messageRefSchema } from "./parts.ts";

export const about: About = {
  name: { en: "Answer to an event", id: "Jawaban acara" },
  place: 310,
  here: "decrypted",
  others: "R in one",
};

export const answers = ["going", "not_going", "maybe"] as const;

export const content = Type.Object(
  {
    kind: Type.Literal("event_response"),
    target: messageRefSchema,
    response: nullable(Type.Union(answers.map((answer) => Type.Literal(answer)))),
    extra_guests: count,
  },
  { description: "An answer to an event; `response` is null when the event is not known here." },
);

export const draft = Type.Object(
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

/** Throws `not_found`, `invalid`, `conflict`. */
export const make: Make<"event_response"> = async (given, desk) => {
  const { response, extra_guests: guests = 0 } = given;
  const event = await lookUpKind(given.target, desk, "event");
  const { cancelled, extra_guests: more } = event.content;
  if (cancelled) throw new Failure("conflict", "This event was called off.", { field: "content.target" });
  if (guests > 0 && !more) throw invalid("content.extra_guests", "is for events that guests may bring somebody to");
  return { kind: "event_response", target: asMessageRef(event), response, extra_guests: guests };
};
