import type { Converter, Writer } from "./converter.ts";
import { only, some } from "./fields.ts";
import { fileFieldsOf, uploaded } from "./file.ts";

export const image: Converter<"image"> & Writer<"image"> = {
  read({ imageMessage: image }, reading) {
    if (!image) return null;
    const { caption, width, height } = image;
    return {
      kind: "image",
      ...fileFieldsOf(image, reading, "image/jpeg"),
      ...only({ width: some(width), height: some(height), caption }),
    };
  },
  write({ mime, width, height, caption }, writing) {
    return { imageMessage: { ...uploaded(writing), mimetype: mime, ...only({ width, height, caption }) } };
  },
};
