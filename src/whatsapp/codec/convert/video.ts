import type { proto } from "@whiskeysockets/baileys";
import type { ContentOf } from "../../../core/model/content/content.ts";
import type { Converter, Reading, Writer, Writing } from "./converter.ts";
import { only, some } from "./fields.ts";
import { fileOf, uploaded } from "./file.ts";

function read(video: proto.Message.IVideoMessage, reading: Reading) {
  const { width, height, seconds } = video;
  return {
    ...fileOf(video, reading, "video/mp4"),
    ...only({ width: some(width), height: some(height), seconds: some(seconds) }),
  };
}

type Moving = ContentOf<"video"> | ContentOf<"gif"> | ContentOf<"video_note">;

function write(content: Moving, writing: Writing): proto.Message.IVideoMessage {
  const { mime, width, height, seconds } = content;
  return { ...uploaded(writing), mimetype: mime, ...only({ width, height, seconds }) };
}

export const video: Converter<"video"> & Writer<"video"> = {
  read({ videoMessage: video }, reading) {
    if (!video || video.gifPlayback) return null;
    return { kind: "video", ...read(video, reading), ...only({ caption: video.caption }) };
  },
  write: (content, writing) => ({
    videoMessage: { ...write(content, writing), ...only({ caption: content.caption }) },
  }),
};

export const gif: Converter<"gif"> & Writer<"gif"> = {
  read({ videoMessage: video }, reading) {
    if (!video?.gifPlayback) return null;
    return { kind: "gif", ...read(video, reading), ...only({ caption: video.caption }) };
  },
  write: (content, writing) => ({
    videoMessage: { ...write(content, writing), ...only({ caption: content.caption }), gifPlayback: true },
  }),
};

export const videoNote: Converter<"video_note"> & Writer<"video_note"> = {
  read: ({ ptvMessage: video }, reading) => (video ? { kind: "video_note", ...read(video, reading) } : null),
  write: (content, writing) => ({ ptvMessage: write(content, writing) }),
};
