import { Type } from "@sinclair/typebox";
import { invalid } from "./message-ref.ts";
import { exact, kind, moment, visible } from "./draft-parts.ts";
import type { About, Make, KindWords } from "./kind.ts";
import { nullable, unixSeconds } from "./parts.ts";
import { place, spot } from "./places.ts";

export const about: About = {
  name: { en: "Event", id: "Acara" },
  place: 160,
  can: ["forwarded"],
  others: "S in one",
};

export const content = Type.Object(
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

export const draft = Type.Object(
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

export const make: Make<"event"> = ({ cancelled = false, extra_guests: guests = false, ...given }) => {
  if (given.end_at !== undefined && given.end_at <= given.start_at)
    throw invalid("content.end_at", "takes a time after start_at");
  const { latitude, longitude } = given.place ?? {};
  if ((latitude === undefined) !== (longitude === undefined))
    throw invalid("content.place", "takes latitude and longitude, or neither");
  return { ...given, cancelled, extra_guests: guests };
};

export const words: KindWords<"event"> = ({ name, description }) => [name, description];
