import type { Converter, Writer } from "./converter.ts";
import { only } from "./fields.ts";
import { readFilm, writeFilm } from "./film.ts";

export const gif: Converter<"gif"> & Writer<"gif"> = {
  read({ videoMessage: video }, reading) {
    if (!video?.gifPlayback) return null;
    return { kind: "gif", ...readFilm(video, reading), ...only({ caption: video.caption }) };
  },
  write: (content, writing) => ({
    videoMessage: { ...writeFilm(content, writing), ...only({ caption: content.caption }), gifPlayback: true },
  }),
};
