import { Type } from "@sinclair/typebox";
import { fileDraft, file, length, picture, captioned, thumbnail } from "./files.ts";
import type { About, Make, KindWords } from "./kind.ts";
import { caption } from "./draft-parts.ts";

export const about: About = {
  name: { en: "GIF", id: "GIF" },
  place: 40,
  can: ["forwarded", "posted", "status", "edited"],
  others: "S in some, as a flag of video",
};

export const content = Type.Object(
  { kind: Type.Literal("gif"), ...file, ...picture, ...length, ...captioned },
  { description: "A silent video that plays in a loop." },
);

export const draft = fileDraft("gif", { ...caption, ...thumbnail });

export const make: Make<"gif"> = (file, desk) => desk.file(file);

export const words: KindWords<"gif"> = ({ caption }) => [caption];
