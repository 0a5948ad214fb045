import { Type } from "@sinclair/typebox";
import { caption, exact, kind } from "./draft-parts.ts";

/** No folders and nothing that cannot be seen. */
const fileName = "^(?!\\.{1,2}$)[^/\\\\\\x00-\\x1f]+$";

/** `type/subtype`, and what may stand behind it: none of it may end a header. */
export const typeOfFile = "^[\\w!#$&^.+-]+/[\\w!#$&^.+-]+\\s*(?:;[\\x20-\\x7e]*)?$";

/** Where the bytes of a file come from: exactly one of them. */
export const source = {
  url: Type.Optional(Type.String({ maxLength: 4_096, description: "an http(s) address this server fetches" })),
  base64: Type.Optional(Type.String({ description: "the file itself in base64, with or without a data: prefix" })),
  media_id: Type.Optional(Type.String({ description: "a file that was uploaded, sent or received before" })),
  mime: Type.Optional(
    Type.String({
      maxLength: 255,
      pattern: typeOfFile,
      description: 'its type ("text/csv"), when the file itself does not tell',
    }),
  ),
};
const thumbnail = {
  thumbnail: Type.Optional(
    Type.String({
      maxLength: 1_500_000,
      description: "a picture in base64 that stands for the file until it is opened, instead of the one made of it",
    }),
  ),
};
const media = <K extends string, P extends object>(name: K, more: P) =>
  Type.Object({ ...kind(name), ...source, ...more }, exact);

export const image = media("image", {
  ...caption,
  ...thumbnail,
  keep_metadata: Type.Optional(
    Type.Boolean({ description: "leaves in the picture where, when and with what it was taken; taken out by default" }),
  ),
});

export const video = media("video", { ...caption, ...thumbnail });

export const gif = media("gif", { ...caption, ...thumbnail });

export const videoNote = media("video_note", thumbnail);

export const audio = media("audio", {});

export const voice = media("voice", {});

export const document = media("document", {
  name: Type.Optional(
    Type.String({
      pattern: fileName,
      maxLength: 255,
      description: "a file's name of up to 255 characters, without a folder or line breaks",
    }),
  ),
  ...caption,
  ...thumbnail,
});

export const sticker = media("sticker", {});
