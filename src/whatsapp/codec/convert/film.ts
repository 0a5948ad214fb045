import type { proto } from "@whiskeysockets/baileys";
import type { ContentOf } from "../../../core/model/content/content.ts";
import type { Reading, Writing } from "./converter.ts";
import { only, some } from "./fields.ts";
import { fileFieldsOf, uploaded } from "./file.ts";

export function readFilm(video: proto.Message.IVideoMessage, reading: Reading) {
  const { width, height, seconds } = video;
  return {
    ...fileFieldsOf(video, reading, "video/mp4"),
    ...only({ width: some(width), height: some(height), seconds: some(seconds) }),
  };
}

type Moving = ContentOf<"video"> | ContentOf<"gif"> | ContentOf<"video_note">;

export function writeFilm(content: Moving, writing: Writing): proto.Message.IVideoMessage {
  const { mime, width, height, seconds } = content;
  return { ...uploaded(writing), mimetype: mime, ...only({ width, height, seconds }) };
}
