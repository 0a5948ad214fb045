import { Type } from "@sinclair/typebox";

export const point = {
  latitude: Type.Number({ minimum: -90, maximum: 90 }),
  longitude: Type.Number({ minimum: -180, maximum: 180 }),
};

export const place = Type.Object({
  ...point,
  name: Type.Optional(Type.String()),
  address: Type.Optional(Type.String()),
});

const words = Type.Optional(Type.String({ maxLength: 1_000, description: "up to 1,000 characters" }));

/** A point in a draft, with what stands below it. */
export const spot = {
  latitude: Type.Number({ minimum: -90, maximum: 90, description: "degrees, -90 to 90" }),
  longitude: Type.Number({ minimum: -180, maximum: 180, description: "degrees, -180 to 180" }),
  name: words,
  address: words,
};
