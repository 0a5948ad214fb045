import { Type } from "@sinclair/typebox";
import type { About } from "./kind.ts";
import { price } from "./price.ts";

export const about: About = {
  name: { en: "Product", id: "Produk" },
  place: 170,
  others: "S in one",
};

export const content = Type.Object(
  {
    kind: Type.Literal("product"),
    id: Type.String(),
    title: Type.String(),
    description: Type.Optional(Type.String()),
    price: Type.Optional(price),
    url: Type.Optional(Type.String()),
    seller: Type.String({ description: "The business's JID." }),
    text: Type.Optional(Type.String()),
  },
  { description: "An article of a business's catalogue." },
);
