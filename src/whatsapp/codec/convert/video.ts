import type { Converter, Writer } from "./converter.ts";
import { only } from "./fields.ts";
import { readFilm, writeFilm } from "./film.ts";

export const video: Converter<"video"> & Writer<"video"> = {
  read({ videoMessage: video }, reading) {
    if (!video || video.gifPlayback) return null;
    return { kind: "video", ...readFilm(video, reading), ...only({ caption: video.caption }) };
  },
  write: (content, writing) => ({
    videoMessage: { ...writeFilm(content, writing), ...only({ caption: content.caption }) },
  }),
};
