import type { MediaKind } from "../core/model/content/content.ts";
import type { Converted, MediaTools } from "../core/ports/media.ts";
import mime from "mime";
import { cardOf } from "./card.ts";
import { asFilm, asVideoNote } from "./film.ts";
import { inspected, previewOf } from "./inspect.ts";
import { neutralPicture } from "./neutral.ts";
import { portrait } from "./picture.ts";
import { asAudio, asVoice } from "./sound.ts";
import { asSticker } from "./sticker.ts";
import { asImage, needPicture } from "./still.ts";

/** Pictures by Bun.Image; sounds and films by mediabunny, decoded in threads. */
export const mediaTools: MediaTools = {
  inspect: inspected,
  typeOfName: (name) => (name.includes(".") ? mime.getType(name) : null),
  extensionOf: (type) => mime.getExtension(type),
  card: cardOf,
  thumbnail: previewOf,
  neutralPicture,
  portrait,
  convert: (kind, file, options = {}) => converters[kind](file, options.keepMetadata ?? false),
};

const converters: Record<MediaKind, (file: Converted, keepMetadata: boolean) => Promise<Converted>> = {
  image: asImage,
  async sticker(file) {
    await needPicture(file, "a sticker", "a picture");
    return asSticker(file);
  },
  video: asFilm,
  gif: asFilm,
  video_note: asVideoNote,
  audio: asAudio,
  voice: asVoice,
  document: (file) => Promise.resolve(file),
};
