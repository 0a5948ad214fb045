import { sha256 } from "../crypto/cipher.ts";
import type { MessageContent } from "../content/content.ts";
import { unwrapContent } from "../content/content.ts";
import type { Random } from "../base/random.ts";
import { type FileKind, openFile, sealFile } from "./file.ts";
import type { MediaServer } from "./media-server.ts";

/** A picture, film, sound, document or sticker to send. */
export interface Attachment {
  readonly kind: "image" | "video" | "audio" | "document" | "sticker";
  readonly bytes: Uint8Array;
  readonly mimetype?: string;
  readonly caption?: string;
  readonly fileName?: string;
  /** A voice message. */
  readonly voice?: boolean;
  /** A film that plays in a loop, or a round one. */
  readonly film?: "gif" | "note";
  /** Length of sound or film, in seconds. */
  readonly seconds?: number;
}

const MIMETYPES = {
  image: "image/jpeg",
  video: "video/mp4",
  audio: "audio/ogg; codecs=opus",
  document: "application/octet-stream",
  sticker: "image/webp",
} as const satisfies Record<Attachment["kind"], string>;

/** Encrypts and stores a file; returns the message that tells of it. One for a channel lies open. */
export function attach(
  server: MediaServer,
  random: Random,
  attachment: Attachment,
  { open: lies = false }: { open?: boolean } = {},
): MessageContent {
  const { kind, bytes: plain, caption, fileName, voice, film, seconds } = attachment;
  const { bytes, ...sealed } = lies ? openFileOf(plain) : sealFile(plain, kind, random);
  const file = {
    ...sealed,
    ...server.store(bytes),
    mimetype: attachment.mimetype ?? MIMETYPES[kind],
    ...(lies ? {} : { mediaKeyTimestamp: Math.floor(Date.now() / 1000) }),
  };
  const words = caption === undefined ? {} : { caption };
  const length = seconds === undefined ? {} : { seconds };
  switch (kind) {
    case "image":
      return { imageMessage: { ...file, ...words } };
    case "video":
      if (film === "note") return { ptvMessage: { ...file, ...length } };
      return { videoMessage: { ...file, ...words, ...length, ...(film === "gif" ? { gifPlayback: true } : {}) } };
    case "audio":
      return { audioMessage: { ...file, ...length, ptt: voice ?? false } };
    case "document":
      return { documentMessage: { ...file, ...words, fileName: fileName ?? "file", title: fileName ?? "file" } };
    case "sticker":
      return { stickerMessage: file };
    default:
      return kind satisfies never;
  }
}

function openFileOf(plain: Uint8Array) {
  const bytes = Buffer.from(plain);
  return { bytes, fileSha256: sha256(bytes), fileLength: bytes.length };
}

/** The file a message tells of, decrypted. Throws when it tells of none, or the file is gone or not what was announced. */
export function open(server: MediaServer, content: MessageContent): Buffer {
  const { kind, file } = fileOf(content);
  if (!file.directPath) throw new Error("the message lacks the path of its file");
  const bytes = server.file(file.directPath);
  if (!bytes) throw new Error(`nothing is stored at ${file.directPath}`);
  if (!file.mediaKey?.length) {
    if (!sha256(bytes).equals(file.fileSha256 ?? Buffer.alloc(0)))
      throw new Error("the file is not what was announced");
    return bytes;
  }
  return openFile(bytes, kind, file.mediaKey, file.fileSha256);
}

interface FileReference {
  readonly directPath?: string | null;
  readonly mediaKey?: Uint8Array | null;
  readonly fileSha256?: Uint8Array | null;
}

/** The path and key of the file a message tells of, if it tells of one. */
export function referenceIn(content: MessageContent): { directPath: string; mediaKey: Uint8Array } | undefined {
  try {
    const { directPath, mediaKey } = fileOf(content).file;
    return directPath && mediaKey ? { directPath, mediaKey } : undefined;
  } catch {
    return undefined;
  }
}

function fileOf(content: MessageContent): { kind: FileKind; file: FileReference } {
  const inner = unwrapContent(content);
  if (inner?.imageMessage) return { kind: "image", file: inner.imageMessage };
  if (inner?.videoMessage) return { kind: "video", file: inner.videoMessage };
  if (inner?.ptvMessage) return { kind: "video", file: inner.ptvMessage };
  if (inner?.audioMessage) return { kind: "audio", file: inner.audioMessage };
  if (inner?.documentMessage) return { kind: "document", file: inner.documentMessage };
  if (inner?.stickerMessage) return { kind: "sticker", file: inner.stickerMessage };
  throw new Error("the message holds no file");
}
