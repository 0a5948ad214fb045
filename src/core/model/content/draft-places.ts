import { Type } from "@sinclair/typebox";
import { exact, kind } from "./draft-parts.ts";

const words = Type.Optional(Type.String({ maxLength: 1_000, description: "up to 1,000 characters" }));

/** A point, with what stands below it. */
export const spot = {
  latitude: Type.Number({ minimum: -90, maximum: 90, description: "degrees, -90 to 90" }),
  longitude: Type.Number({ minimum: -180, maximum: 180, description: "degrees, -180 to 180" }),
  name: words,
  address: words,
};

export const location = Type.Object({ ...kind("location"), ...spot }, exact);

export const liveLocation = Type.Object(
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
