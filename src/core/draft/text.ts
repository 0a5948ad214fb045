import { Type } from "@sinclair/typebox";
import { linkPreview } from "../content/text.ts";
import { exact, kind } from "./parts.ts";

export const text = Type.Object(
  {
    ...kind("text"),
    text: Type.String({ minLength: 1, maxLength: 65_536, description: "a text of 1 to 65,536 characters" }),
    preview: Type.Optional(
      Type.Union([linkPreview, Type.Boolean()], { description: "{ url, title, description }, or true to make one" }),
    ),
  },
  exact,
);
