import { Type } from "@sinclair/typebox";
import { count } from "./parts.ts";

const point = {
  latitude: Type.Number({ minimum: -90, maximum: 90 }),
  longitude: Type.Number({ minimum: -180, maximum: 180 }),
};

export const place = Type.Object({
  ...point,
  name: Type.Optional(Type.String()),
  address: Type.Optional(Type.String()),
});

export const location = Type.Object(
  { kind: Type.Literal("location"), ...place.properties, url: Type.Optional(Type.String()) },
  { description: "A place." },
);

export const liveLocation = Type.Object(
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
