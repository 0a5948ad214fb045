import { Type } from "@sinclair/typebox";
import type { About } from "./kind.ts";
import { count } from "./parts.ts";

export const about: About = {
  name: { en: "Album", id: "Album" },
  place: 220,
  others: "–",
};

export const content = Type.Object(
  { kind: Type.Literal("album"), images: count, videos: count },
  { description: "Announces pictures and videos that follow as messages of their own." },
);
