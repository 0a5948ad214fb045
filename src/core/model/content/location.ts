import { Type } from "@sinclair/typebox";
import { exact, kind } from "./draft-parts.ts";
import type { About, Make, KindWords } from "./kind.ts";
import { place, spot } from "./places.ts";

export const about: About = {
  name: { en: "Location", id: "Lokasi" },
  place: 100,
  can: ["forwarded"],
  others: "all but two",
};

export const content = Type.Object(
  { kind: Type.Literal("location"), ...place.properties, url: Type.Optional(Type.String()) },
  { description: "A place." },
);

export const draft = Type.Object({ ...kind("location"), ...spot }, exact);

export const make: Make<"location"> = (given) => given;

export const words: KindWords<"location"> = ({ name, address }) => [name, address];
