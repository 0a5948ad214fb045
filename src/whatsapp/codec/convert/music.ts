import type { Converter } from "./converter.ts";
import { only } from "./fields.ts";

export const music: Converter<"music"> = {
  read({ musicMessage: message }) {
    if (!message) return null;
    const { title, author, artistAttribution } = message.embeddedMusic ?? {};
    return {
      kind: "music",
      title: title ?? "",
      ...only({ artist: author || artistAttribution, url: message.songUri }),
    };
  },
};
