import { Type } from "@sinclair/typebox";
import type { About } from "./kind.ts";

export const about: About = {
  name: { en: "Something this version cannot show", id: "Sesuatu yang belum dapat ditampilkan versi ini" },
  place: 230,
  here: "by its own name",
  others: "dropped or raw",
};

export const content = Type.Object(
  {
    kind: Type.Literal("unsupported"),
    type: Type.String({ description: "WhatsApp's own name of the kind, e.g. `requestPaymentMessage`." }),
  },
  { description: "Something this version does not know yet. Never an error." },
);
