import { Type } from "@sinclair/typebox";
import { exact, kind } from "./draft-parts.ts";
import type { About, Make } from "./kind.ts";
import { count } from "./parts.ts";
import { point, spot } from "./places.ts";

export const about: About = {
  name: { en: "Live location", id: "Lokasi terkini" },
  place: 110,
  can: ["forwarded"],
  others: "S in none; R in two",
};

export const content = Type.Object(
  {
    kind: Type.Literal("live_location"),
    ...point,
    accuracy: Type.Optional(Type.Integer({ minimum: 0, description: "Metres." })),
    speed: Type.Optional(Type.Number({ minimum: 0, description: "Metres a second." })),
    heading: Type.Optional(Type.Integer({ minimum: 0, maximum: 360, description: "Degrees from north, clockwise." })),
    sequence: Type.Optional(Type.Integer({ minimum: 0, description: "Rises with every position of one sharing." })),
    caption: Type.Optional(Type.String()),
    offset: Type.Optional(count),
  },
  { description: "A position that moves." },
);

export const draft = Type.Object(
  {
    ...kind("live_location"),
    latitude: spot.latitude,
    longitude: spot.longitude,
    accuracy: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: "metres, up to 1,000,000" })),
    speed: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000, description: "metres a second" })),
    heading: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 360, description: "degrees from north, clockwise, 0 to 360" }),
    ),
    caption: Type.Optional(Type.String({ maxLength: 1_024, description: "up to 1,024 characters" })),
  },
  exact,
);

export const make: Make<"live_location"> = (given) => given;
