import { Type } from "@sinclair/typebox";
import { fileDraft, file, length, picture, thumbnail } from "./files.ts";
import type { About, Make } from "./kind.ts";

export const about: About = {
  name: { en: "Video message", id: "Pesan video" },
  place: 50,
  can: ["forwarded", "posted"],
  others: "S in two, R in one more",
};

export const content = Type.Object(
  { kind: Type.Literal("video_note"), ...file, ...picture, ...length },
  { description: "A round video message." },
);

export const draft = fileDraft("video_note", thumbnail);

export const make: Make<"video_note"> = (file, desk) => desk.file(file);
