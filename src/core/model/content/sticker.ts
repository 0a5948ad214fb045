import { Type } from "@sinclair/typebox";
import { fileDraft, file, picture } from "./files.ts";
import type { About, Make } from "./kind.ts";

export const about: About = {
  name: { en: "Sticker", id: "Stiker" },
  place: 90,
  can: ["forwarded", "posted"],
  here: "converted",
  others: "most; seven convert",
};

export const content = Type.Object(
  { kind: Type.Literal("sticker"), ...file, ...picture, animated: Type.Boolean() },
  { description: "A sticker, WebP." },
);

export const draft = fileDraft("sticker", {});

export const make: Make<"sticker"> = (file, desk) => desk.file(file);
