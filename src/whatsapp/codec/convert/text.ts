import type { ContentOf } from "../../../core/model/content/content.ts";
import type { Converter, Writer } from "./converter.ts";
import { only } from "./fields.ts";

export const text: Converter<"text"> & Writer<"text"> = {
  read({ conversation, extendedTextMessage: extended }) {
    const words = conversation || extended?.text;
    if (!words) return null;
    const preview = extended?.matchedText
      ? {
          preview: { url: extended.matchedText, ...only({ title: extended.title, description: extended.description }) },
        }
      : {};
    return { kind: "text", text: words, ...preview };
  },
  write: ({ text: words, preview }, { thumbnail }) => ({
    extendedTextMessage: { text: words, ...card(preview), ...only({ jpegThumbnail: thumbnail }) },
  }),
};

function card(preview: ContentOf<"text">["preview"]) {
  if (!preview) return {};
  const { url, title, description } = preview;
  return { matchedText: url, ...only({ title, description }), previewType: 0 };
}
