import type { MediaKind } from "../core/model/content/content.ts";
import type { Converted, MediaTools } from "../core/ports/media.ts";
import mime from "mime";
import { cardOf } from "./card.ts";
import { neutralPicture } from "./neutral.ts";

/**
 * Pictures by Bun.Image; sounds and films by mediabunny, decoded in threads. What reads files is read itself when the first
 * file comes.
 */
export const mediaTools: MediaTools = {
  inspect: async (bytes) => (await import("./inspect.ts")).inspected(bytes),
  typeOfName: (name) => (name.includes(".") ? mime.getType(name) : null),
  extensionOf: (type) => mime.getExtension(type),
  card: cardOf,
  thumbnail: async (bytes) => (await import("./inspect.ts")).previewOf(bytes),
  neutralPicture,
  portrait: async (bytes) => (await import("./picture.ts")).portrait(bytes),
  convert: (kind, file, options = {}) => converters[kind](file, options.keepMetadata ?? false),
};

const asFilm = async (file: Converted) => (await import("./film.ts")).asFilm(file);

const converters: Record<MediaKind, (file: Converted, keepMetadata: boolean) => Promise<Converted>> = {
  image: async (file, keepMetadata) => (await import("./still.ts")).asImage(file, keepMetadata),
  async sticker(file) {
    const [{ needPicture }, { asSticker }] = await Promise.all([import("./still.ts"), import("./sticker.ts")]);
    await needPicture(file, "a sticker", "a picture");
    return asSticker(file);
  },
  video: asFilm,
  gif: asFilm,
  video_note: async (file) => (await import("./film.ts")).asVideoNote(file),
  audio: async (file) => (await import("./sound.ts")).asAudio(file),
  voice: async (file) => (await import("./sound.ts")).asVoice(file),
  document: (file) => Promise.resolve(file),
};
