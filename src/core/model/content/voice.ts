import { Type } from "@sinclair/typebox";
import { fileDraft, file, length } from "./files.ts";
import type { About, Make } from "./kind.ts";
import { count } from "./parts.ts";

export const about: About = {
  name: { en: "Voice message", id: "Pesan suara" },
  place: 70,
  can: ["forwarded", "posted", "status", "seen_once"],
  here: "converted, with waveform",
  others: "most; two compute the waveform, five need ffmpeg or the caller",
};

export const content = Type.Object(
  {
    kind: Type.Literal("voice"),
    ...file,
    ...length,
    waveform: Type.Optional(Type.Array(count, { description: "Up to 64 bars, 0 to 100.", maxItems: 256 })),
  },
  { description: "A voice message." },
);

export const draft = fileDraft("voice", {});

export const make: Make<"voice"> = (file, desk) => desk.file(file);
