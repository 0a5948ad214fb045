import { Type } from "@sinclair/typebox";
import { fileDraft, file, captioned, thumbnail } from "./files.ts";
import type { About, Make, KindWords } from "./kind.ts";
import { caption } from "./draft-parts.ts";
import { count } from "./parts.ts";

export const about: About = {
  name: { en: "Document", id: "Dokumen" },
  place: 80,
  can: ["forwarded", "posted", "edited"],
  others: "all",
};

/** No folders and nothing that cannot be seen. */
const fileName = "^(?!\\.{1,2}$)[^/\\\\\\x00-\\x1f]+$";

export const content = Type.Object(
  {
    kind: Type.Literal("document"),
    ...file,
    name: Type.Optional(Type.String({ description: "The file's name." })),
    pages: Type.Optional(count),
    ...captioned,
  },
  { description: "Any file." },
);

export const draft = fileDraft("document", {
  name: Type.Optional(
    Type.String({
      pattern: fileName,
      maxLength: 255,
      description: "a file's name of up to 255 characters, without a folder or line breaks",
    }),
  ),
  ...caption,
  ...thumbnail,
});

export const make: Make<"document"> = (file, desk) => desk.file(file);

export const words: KindWords<"document"> = ({ caption, name }) => [caption, name];
