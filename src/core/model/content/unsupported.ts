import { Type } from "@sinclair/typebox";
import type { About, KindWords } from "./kind.ts";

export const about: About = {
  name: { en: "Something this version cannot show", id: "Sesuatu yang belum dapat ditampilkan versi ini" },
  place: 230,
  here: "by its own name",
  others: "dropped or raw",
};

export const content = Type.Object(
  {
    kind: Type.Literal("unsupported"),
    type: Type.String({
      description:
        "WhatsApp's own name of the kind, e.g. `bcallMessage`; of one that is newer, `field_` and its number.",
    }),
    text: Type.Optional(Type.String({ description: "The words found in it." })),
  },
  { description: "Something this version does not know yet. Never an error." },
);

export const words: KindWords<"unsupported"> = ({ text }) => [text];
