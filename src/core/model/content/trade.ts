import { Type } from "@sinclair/typebox";
import { count } from "./parts.ts";

/** WhatsApp counts money in thousandths. */
const price = Type.Object({
  amount: Type.Number({ description: "In units of the currency." }),
  currency: Type.String(),
});

export const product = Type.Object(
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

export const order = Type.Object(
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
