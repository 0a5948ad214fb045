import type { Converter, Writer } from "./converter.ts";
import { natural } from "./fields.ts";

export const album: Converter<"album"> & Writer<"album"> = {
  read: ({ albumMessage: album }) =>
    album
      ? { kind: "album", images: natural(album.expectedImageCount), videos: natural(album.expectedVideoCount) }
      : null,
  write: ({ images, videos }) => ({ albumMessage: { expectedImageCount: images, expectedVideoCount: videos } }),
};
