import { Type } from "@sinclair/typebox";
import type { About, KindWords } from "./kind.ts";
import { nullable, unixSeconds } from "./parts.ts";
import { price } from "./price.ts";

export const about: About = {
  name: { en: "Payment", id: "Pembayaran" },
  place: 185,
  others: "–",
};

const actions = [
  "request",
  "sent",
  "declined",
  "cancelled",
  "invite",
  "invoice",
  "reminder",
  "split",
  "split_paid",
] as const;

export const content = Type.Object(
  {
    kind: Type.Literal("payment"),
    action: Type.Union(actions.map((action) => Type.Literal(action))),
    amount: Type.Optional(price),
    text: Type.Optional(Type.String()),
    from: Type.Optional(Type.String({ description: "Who is to pay, as a JID." })),
    request: nullable(Type.String({ description: "The id of the request it is about." })),
    expires_at: Type.Optional(unixSeconds),
  },
  { description: "What people say of payments; the money itself is between them and their bank." },
);

export const words: KindWords<"payment"> = ({ text }) => [text];
