import { Type } from "@sinclair/typebox";

const type = Type.String({ description: "WhatsApp's own name of the kind." });
const some = (description: string) => Type.Optional(Type.String({ description }));

export const menuOption = Type.Object({
  id: Type.String({
    description: "What a `choice` of it names; of a button that opens, calls or copies, what that is.",
  }),
  title: Type.String(),
  description: some("Below the title of a list's row."),
  section: some("What a list's row stands under."),
  url: some("The address that the button opens."),
  phone: some("The number that the button calls."),
  copy: some("The text that the button copies."),
});

export const menu = Type.Object(
  {
    kind: Type.Literal("menu"),
    text: Type.String(),
    title: some("Above the text."),
    footer: some("Below the text."),
    button: some("What opens a list; absent where the options are buttons."),
    options: Type.Array(menuOption),
    type,
  },
  { description: "Buttons, a list or a template to choose from." },
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
