import { Type } from "@sinclair/typebox";
import { fileDraft, file, length } from "./files.ts";
import type { About, Make } from "./kind.ts";

export const about: About = {
  name: { en: "Audio", id: "Audio" },
  place: 60,
  can: ["forwarded", "posted", "seen_once"],
  others: "all but one",
};

export const content = Type.Object(
  { kind: Type.Literal("audio"), ...file, ...length },
  { description: "A sound file, such as music." },
);

export const draft = fileDraft("audio", {});

export const make: Make<"audio"> = (file, desk) => desk.file(file);
