import type { Converter, Writer } from "./converter.ts";
import { only, some } from "./fields.ts";
import { fileFieldsOf, uploaded } from "./file.ts";

export const sticker: Converter<"sticker"> & Writer<"sticker"> = {
  read({ stickerMessage: sticker }, reading) {
    if (!sticker) return null;
    const { width, height, isAnimated } = sticker;
    return {
      kind: "sticker",
      ...fileFieldsOf(sticker, reading, "image/webp"),
      ...only({ width: some(width), height: some(height) }),
      animated: isAnimated ?? false,
    };
  },
  write({ mime, width, height, animated }, writing) {
    const { jpegThumbnail: _, ...file } = uploaded(writing);
    return { stickerMessage: { ...file, mimetype: mime, isAnimated: animated, ...only({ width, height }) } };
  },
};
