import { type Static, Type } from "@sinclair/typebox";
import { exact, kind } from "./draft-parts.ts";

/** Lengths as the Business Platform has them (interactive messages): longer ones are cut or not shown. */
const text = (most: number) => Type.String({ minLength: 1, maxLength: most, description: `1 to ${most} characters` });
const line = Type.Optional(text(60));

const option = Type.Object(
  {
    title: text(24),
    id: Type.Optional(text(256)),
    description: Type.Optional(text(72)),
    section: Type.Optional(text(24)),
    url: Type.Optional(
      Type.String({
        maxLength: 2_000,
        pattern: "^https?://",
        description: "an http(s) address of up to 2,000 characters",
      }),
    ),
    phone: Type.Optional(Type.String({ description: "digits with country code" })),
    copy: Type.Optional(text(256)),
  },
  exact,
);
export type OptionDraft = Static<typeof option>;

export const menu = Type.Object(
  {
    ...kind("menu"),
    text: text(1_024),
    title: line,
    footer: line,
    button: Type.Optional(text(20)),
    options: Type.Array(option, {
      minItems: 1,
      maxItems: 10,
      description: "1 to 3 buttons, or with `button`, which opens a list, 1 to 10 rows",
    }),
  },
  exact,
);
