import { Type } from "@sinclair/typebox";
import type { About, KindWords } from "./kind.ts";

export const about: About = {
  name: { en: "Choice", id: "Pilihan" },
  place: 200,
  others: "R raw",
};

export const content = Type.Object(
  {
    kind: Type.Literal("choice"),
    text: Type.String({ description: "What the button or row says." }),
    id: Type.String({ description: "What its maker named it." }),
    type: Type.String({ description: "WhatsApp's own name of the kind." }),
    answers: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: "What was filled in, of a form (a flow)." }),
    ),
  },
  { description: "What somebody chose of buttons, a list or a template." },
);

export const words: KindWords<"choice"> = ({ text }) => [text];
