import { Type } from "@sinclair/typebox";

/** WhatsApp counts money in thousandths. */
export const price = Type.Object({
  amount: Type.Number({ description: "In units of the currency." }),
  currency: Type.String(),
});
