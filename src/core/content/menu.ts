import { Type } from "@sinclair/typebox";

const type = Type.String({ description: "WhatsApp's own name of the kind." });

export const menu = Type.Object(
  {
    kind: Type.Literal("menu"),
    text: Type.String(),
    options: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
    type,
  },
  { description: "A business's buttons, list or template." },
);

export const choice = Type.Object(
  {
    kind: Type.Literal("choice"),
    text: Type.String({ description: "What the button or row says." }),
    id: Type.String({ description: "What its maker named it." }),
    type,
  },
  { description: "What somebody chose of buttons, a list or a template." },
);
