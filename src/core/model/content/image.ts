import { Type } from "@sinclair/typebox";
import { fileDraft, file, picture, captioned, thumbnail } from "./files.ts";
import type { About, Make, KindWords } from "./kind.ts";
import { caption } from "./draft-parts.ts";

export const about: About = {
  name: { en: "Picture", id: "Gambar" },
  place: 20,
  can: ["forwarded", "posted", "status", "edited", "seen_once"],
  others: "all",
};

export const content = Type.Object(
  { kind: Type.Literal("image"), ...file, ...picture, ...captioned },
  { description: "A picture." },
);

export const draft = fileDraft("image", {
  ...caption,
  ...thumbnail,
  keep_metadata: Type.Optional(
    Type.Boolean({ description: "leaves in the picture where, when and with what it was taken; taken out by default" }),
  ),
});

export const make: Make<"image"> = (file, desk) => desk.file(file);

export const words: KindWords<"image"> = ({ caption }) => [caption];
