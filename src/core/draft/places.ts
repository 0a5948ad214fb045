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
    caption: Type.Optional(Type.String({ maxLength: 1_024 })),
  },
  exact,
);
