import type { Converter, Writer } from "./converter.ts";
import { readFilm, writeFilm } from "./film.ts";

export const videoNote: Converter<"video_note"> & Writer<"video_note"> = {
  read: ({ ptvMessage: video }, reading) => (video ? { kind: "video_note", ...readFilm(video, reading) } : null),
  write: (content, writing) => ({ ptvMessage: writeFilm(content, writing) }),
};
