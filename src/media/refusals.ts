import { Failure } from "../core/base/failure.ts";

export const refusal = (text: string): Failure => new Failure("invalid", text, { field: "content" });

export const damagedPicture = (): Failure =>
  refusal("The picture is damaged, cut off or too large to be drawn; send the whole file.");

/** The file is of one type, and this kind of message takes others. */
export const needs = (what: string, takes: string, mime: string): Failure =>
  refusal(`The file is ${mime}, but ${what} takes ${takes}; send it as a document instead.`);

export const tooLarge = (what: string, bytes: number): Failure =>
  new Failure("too_large", `${what} may have ${bytes / 2 ** 20} MB in WhatsApp; send it as a document instead.`, {
    field: "content",
  });

/** What people call a codec. */
const names: Readonly<Record<string, string>> = {
  alac: "Apple Lossless (ALAC)",
  "ac-3": "Dolby Digital (AC-3)",
  ac3: "Dolby Digital (AC-3)",
  eac3: "Dolby Digital Plus (E-AC-3)",
  vp8: "VP8",
  vp9: "VP9",
  av1: "AV1",
};
const typeNames: Readonly<Record<string, string>> = {
  "audio/ac3": "Dolby Digital (AC-3)",
  "audio/aiff": "AIFF",
  "audio/x-ms-wma": "Windows Media Audio (WMA)",
  "video/vnd.avi": "AVI",
};

export const codecName = (codec: string): string => names[codec] ?? codec;
export const typeName = (mime: string): string | undefined => typeNames[mime];

export const unplayedFilm = (name: string): Failure =>
  refusal(
    `The film is ${name}, which phones do not play in WhatsApp: convert it to H.264 in MP4 first, or send it as a document.`,
  );

export const unplayable = (name: string, fix: string): Failure =>
  refusal(`The sound is ${name}, which WhatsApp does not play: convert it to ${fix} first, or send it as a document.`);
