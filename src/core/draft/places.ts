import { Type } from "@sinclair/typebox";
import { place } from "../content/places.ts";
import { exact, kind } from "./parts.ts";

export const location = Type.Object({ ...kind("location"), ...place.properties }, exact);

export const liveLocation = Type.Object(
  {
    ...kind("live_location"),
    latitude: place.properties.latitude,
    longitude: place.properties.longitude,
    accuracy: Type.Optional(Type.Integer({ minimum: 0, description: "metres" })),
    speed: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000, description: "metres a second" })),
    heading: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 360, description: "degrees from north, clockwise, 0 to 360" }),
    ),
    caption: Type.Optional(Type.String({ maxLength: 1_024 })),
  },
  exact,
);
