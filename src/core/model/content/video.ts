import { Type } from "@sinclair/typebox";
import { fileDraft, file, length, picture, captioned, thumbnail } from "./files.ts";
import type { About, Make, KindWords } from "./kind.ts";
import { caption } from "./draft-parts.ts";

export const about: About = {
  name: { en: "Video", id: "Video" },
  place: 30,
  can: ["forwarded", "posted", "status", "edited", "seen_once"],
  others: "all",
};

export const content = Type.Object(
  { kind: Type.Literal("video"), ...file, ...picture, ...length, ...captioned },
  { description: "A video." },
);

export const draft = fileDraft("video", { ...caption, ...thumbnail });

export const make: Make<"video"> = (file, desk) => desk.file(file);

export const words: KindWords<"video"> = ({ caption }) => [caption];
