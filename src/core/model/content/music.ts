import { Type } from "@sinclair/typebox";
import type { About, KindWords } from "./kind.ts";

export const about: About = {
  name: { en: "Music", id: "Musik" },
  place: 224,
  others: "–",
};

export const content = Type.Object(
  {
    kind: Type.Literal("music"),
    title: Type.String(),
    artist: Type.Optional(Type.String()),
    url: Type.Optional(Type.String()),
  },
  { description: "A song." },
);

export const words: KindWords<"music"> = ({ title, artist }) => [title, artist];
