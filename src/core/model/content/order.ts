import { Type } from "@sinclair/typebox";
import type { About } from "./kind.ts";
import { count } from "./parts.ts";
import { price } from "./price.ts";

export const about: About = {
  name: { en: "Order", id: "Pesanan" },
  place: 180,
  others: "R in two",
};

export const content = Type.Object(
  {
    kind: Type.Literal("order"),
    id: Type.String(),
    token: Type.String({ description: "Opens the order's details." }),
    title: Type.String(),
    items: count,
    total: Type.Optional(price),
    seller: Type.String({ description: "The business's JID." }),
    text: Type.Optional(Type.String()),
  },
  { description: "A cart that was sent to a business." },
);
