import { day } from "../../core/base/durations.ts";
import type { proto } from "@whiskeysockets/baileys";
import { isMedia, type MediaKind } from "../../core/model/content/content.ts";
import type { Incoming } from "../../core/model/message/message.ts";
import type { Uploaded } from "./convert/converter.ts";
import { decodeMessage } from "./definition/decode.ts";
import { unwrap } from "./convert/envelopes.ts";
import { natural } from "./convert/fields.ts";
import { isChannel } from "../wire/jid.ts";

/** Kinds that WhatsApp seals and stores alike. */
export type Family = "image" | "video" | "audio" | "document";

/** Files between the account's own devices. */
export type BlobFamily = "history" | "app_state";

export const familyOf: Record<MediaKind, Family> = {
  image: "image",
  sticker: "image",
  video: "video",
  gif: "video",
  video_note: "video",
  audio: "audio",
  voice: "audio",
  document: "document",
};

/** Where WhatsApp keeps a file and how it is sealed; kept as JSON, bytes in base64. */
export interface Remote {
  family: Family;
  url: string;
  directPath: string;
  mediaKey: string;
  fileSha256: string;
  fileEncSha256: string;
  fileLength: number;
  /** Milliseconds since 1970. */
  at: number;
  /** The message it came in, by which the phone finds it again; none of what we uploaded or a channel shows. */
  message?: { id: string; chat: string; sender: string; fromMe: boolean };
  /** The same file as it lies open for channels. */
  post?: Posted;
}

/** A file in a post is not sealed; `handle` goes with every post that shows it. */
export interface Posted {
  family: Family;
  url: string;
  directPath: string;
  handle: string | null;
  /** Milliseconds since 1970. */
  at: number;
}

const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString("base64");
export const base64Bytes = (base64: string): Uint8Array => Buffer.from(base64, "base64");

/** Where the file of a message is; null of a message without, or one that does not say. */
export function remoteOf({ content, timestamp, ...from }: Incoming, wire: Uint8Array): string | null {
  if (!isMedia(content)) return null;
  const file = fileIn(unwrap(decodeMessage(wire)).message);
  const inChannel = isChannel(from.chat);
  if (!file || !(inChannel || file.mediaKey?.length) || !(file.directPath || file.url)) return null;
  const remote: Remote = {
    family: familyOf[content.kind],
    url: file.url ?? "",
    directPath: file.directPath ?? "",
    mediaKey: inChannel ? "" : text(file.mediaKey),
    fileSha256: text(file.fileSha256),
    fileEncSha256: text(file.fileEncSha256),
    fileLength: natural(file.fileLength),
    at: timestamp * 1000,
    ...(inChannel ? {} : { message: { id: from.id, chat: from.chat, sender: from.sender, fromMe: from.fromMe } }),
  };
  return JSON.stringify(remote);
}

function fileIn({
  imageMessage,
  videoMessage,
  ptvMessage,
  audioMessage,
  documentMessage,
  stickerMessage,
}: proto.IMessage) {
  return imageMessage ?? videoMessage ?? ptvMessage ?? audioMessage ?? documentMessage ?? stickerMessage ?? null;
}

/** WhatsApp keeps files for about two weeks; what is younger than this can be sent again without another upload. */
const reusableMs = 3 * day;

type File = Omit<Uploaded, "jpegThumbnail">;

/** A file that WhatsApp already has, for another message of `kind`; null when it must be uploaded. */
export function reusable(remote: string | null, kind: MediaKind, now: number): File | null {
  if (remote === null) return null;
  const { family, url, directPath, mediaKey, fileSha256, fileEncSha256, fileLength, at } = parsed(remote);
  if (family !== familyOf[kind] || now - at > reusableMs || mediaKey === "" || directPath === "") return null;
  return {
    url,
    directPath,
    mediaKey: base64Bytes(mediaKey),
    mediaKeyTimestamp: Math.floor(at / 1000),
    fileSha256: base64Bytes(fileSha256),
    fileEncSha256: base64Bytes(fileEncSha256),
    fileLength,
  };
}

/** The same of a file that lies open for channels. */
export function reusablePost(remote: string | null, kind: MediaKind, now: number): Posted | null {
  const post = remote === null ? undefined : parsed(remote).post;
  return post && post.family === familyOf[kind] && now - post.at <= reusableMs ? post : null;
}

export function parsed(remote: string): Remote {
  return JSON.parse(remote) as Remote;
}

const nowhere = { url: "", directPath: "", mediaKey: "", fileSha256: "", fileEncSha256: "", fileLength: 0, at: 0 };

/** What is kept of a file, once it was uploaded sealed. */
export function stored(before: string | null, family: Family, uploaded: File, at: number): string {
  const { url, directPath, fileLength } = uploaded;
  const post = before === null ? undefined : parsed(before).post;
  const remote: Remote = {
    family,
    url,
    directPath,
    mediaKey: text(uploaded.mediaKey),
    fileSha256: text(uploaded.fileSha256),
    fileEncSha256: text(uploaded.fileEncSha256),
    fileLength,
    at,
    ...(post ? { post } : {}),
  };
  return JSON.stringify(remote);
}

/** The same, once it was uploaded for a channel. */
export function storedPost(before: string | null, post: Posted): string {
  const remote: Remote = { ...(before === null ? { family: post.family, ...nowhere } : parsed(before)), post };
  return JSON.stringify(remote);
}
