import type { Converter } from "./converter.ts";
import { only } from "./fields.ts";

export const stickerPack: Converter<"sticker_pack"> = {
  read({ stickerPackMessage: pack }) {
    if (!pack) return null;
    const { stickerPackId, name, publisher, packDescription: description, caption, stickers } = pack;
    const said = only({ publisher, description, caption });
    return {
      kind: "sticker_pack",
      id: stickerPackId ?? "",
      name: name ?? "",
      ...said,
      stickers: stickers?.length ?? 0,
    };
  },
};
