import type { Converter } from "./converter.ts";
import { natural } from "./fields.ts";

export const album: Converter<"album"> = {
  read: ({ albumMessage: album }) =>
    album
      ? { kind: "album", images: natural(album.expectedImageCount), videos: natural(album.expectedVideoCount) }
      : null,
};
