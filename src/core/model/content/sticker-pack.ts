import { Type } from "@sinclair/typebox";
import type { About, KindWords } from "./kind.ts";
import { count } from "./parts.ts";

export const about: About = {
  name: { en: "Sticker pack", id: "Paket stiker" },
  place: 95,
  others: "–",
};

export const content = Type.Object(
  {
    kind: Type.Literal("sticker_pack"),
    id: Type.String(),
    name: Type.String(),
    publisher: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    caption: Type.Optional(Type.String()),
    stickers: count,
  },
  { description: "A pack of stickers; `stickers` is how many." },
);

export const words: KindWords<"sticker_pack"> = ({ name, caption }) => [name, caption];
