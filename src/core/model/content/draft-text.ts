import { type Static, Type } from "@sinclair/typebox";
import { source } from "./draft-media.ts";
import { exact, kind, visible } from "./draft-parts.ts";

const card = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2_048, description: "an address that stands in the text" }),
    title: Type.Optional(Type.String({ maxLength: 200, description: "up to 200 characters" })),
    description: Type.Optional(Type.String({ maxLength: 500, description: "up to 500 characters" })),
    image: Type.Optional(Type.Object(source, { ...exact, description: "one of { url }, { base64 }, { media_id }" })),
  },
  exact,
);
export type CardDraft = Static<typeof card>;

export const text = Type.Object(
  {
    ...kind("text"),
    text: Type.String({
      ...visible,
      maxLength: 65_536,
      description: "a text of 1 to 65,536 characters, not only spaces",
    }),
    preview: Type.Optional(
      Type.Union([card, Type.Boolean()], {
        description:
          "true to make a card of the first link, or { url, title, description, image }: texts of up to 200 and 500 characters",
      }),
    ),
  },
  exact,
);
