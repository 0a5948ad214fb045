import type { Traveller } from "../base/way-out.ts";
import type { MediaKind } from "../model/content/content.ts";
import type { MediaState } from "../model/content/files.ts";

/** What a file shows of itself. Nothing of it is taken on anybody's word. */
export interface Facts {
  /** The type that its bytes show, whatever its sender says; left out when they do not tell. */
  type?: string;
  width?: number;
  height?: number;
  /** Whole seconds. */
  seconds?: number;
  animated?: boolean;
  /** 64 bars, 0 to 100. */
  waveform?: number[];
}

/** A file, as the store knows it. */
export interface MediaRecord {
  id: string;
  tenant: string;
  /** The device's uid. */
  device: string;
  mime: string;
  name: string | null;
  /** Bytes; 0 while unknown. */
  size: number;
  /** Hex; names the bytes on disk. */
  sha256: string;
  state: MediaState;
  /** Why it failed, for people. */
  reason: string | null;
  /** Where WhatsApp keeps it and how it is sealed: the adapter's own words. */
  remote: string | null;
  facts: Facts;
  thumbnail: Uint8Array | null;
  /** Milliseconds since 1970, both. */
  createdAt: number;
  usedAt: number;
}

export type MediaChange = Partial<
  Pick<MediaRecord, "state" | "reason" | "remote" | "sha256" | "size" | "mime" | "usedAt" | "facts" | "thumbnail">
>;

/** A file that came in a message; its record is written with the message. */
export type ReceivedMedia = Pick<MediaRecord, "id" | "mime" | "name" | "size" | "sha256" | "remote">;

export interface StoredFile {
  sha256: string;
  size: number;
}

/** Files and what is known of them. */
export interface Media {
  add(record: MediaRecord): Promise<void>;
  get(id: string): Promise<MediaRecord | null>;
  /** The same bytes of the same device under the same name and type, if they are here. */
  same(like: Pick<MediaRecord, "device" | "sha256" | "mime" | "name">): Promise<MediaRecord | null>;
  update(id: string, change: MediaChange): Promise<void>;
  /** Files of a device that are still with WhatsApp, newest first. */
  remote(device: string, since: number, limit: number): Promise<MediaRecord[]>;
  /**
   * Writes bytes to disk as they come and names them by their hash. Throws `too_large` above `limit` bytes; then,
   * and when `bytes` throws, nothing stays.
   */
  keep(bytes: AsyncIterable<Uint8Array>, limit: number): Promise<StoredFile>;
  /** The bytes, read when they are asked for; null when they are not here. */
  bytes(sha256: string): Promise<Blob | null>;
}

/** WhatsApp's file servers. Asks for no connection of a device. */
export interface MediaSource {
  /**
   * The file, decrypted as it comes, by the way of the device whose file it is. Throws `gone`, `refused` when it is not
   * what was announced, `unavailable`.
   */
  fetch(remote: string, limit: number, traveller: Traveller): AsyncIterable<Uint8Array>;
}

/** What a file becomes to be sent. */
export interface Converted {
  bytes: Blob;
  mime: string;
  facts: Facts;
}

/** What a page tells of itself. */
export interface PageCard {
  url: string;
  title: string;
  description?: string;
  /** Where its picture is. */
  image?: string;
}

export interface ConvertOptions {
  /** Keeps what a picture tells of itself: where and when it was taken, and with what. */
  keepMetadata?: boolean;
}

/** Looks into files and converts them. Hostile files are the rule: none may stall or break anything. */
export interface MediaTools {
  /** The type that the bytes show, and what else they do; null when nothing can be told. */
  inspect(bytes: Blob): Promise<{ mime: string; facts: Facts } | null>;
  /** The type of a file by the extension of its name; null when it has none that is known. */
  typeOfName(name: string): string | null;
  /** The extension that files of a type have, without its dot; null when none is known. */
  extensionOf(mime: string): string | null;
  /** What a page tells of itself, read in its own character set; null when it has no title. */
  card(url: string, page: Uint8Array, contentType: string): PageCard | null;
  /** A small JPEG of a picture, or of the cover that a sound or film carries; null of everything else. */
  thumbnail(bytes: Blob): Promise<Uint8Array | null>;
  /** What stands for a film that shows no picture before it plays, a JPEG. */
  neutralPicture(): Promise<Uint8Array>;
  /** A JPEG of at most 640 by 640 pixels, as profiles show. Throws `invalid`. */
  portrait(bytes: Blob): Promise<Uint8Array>;
  /** The file as this kind of message takes it. Throws `invalid` with what to send instead. */
  convert(kind: MediaKind, file: Converted, options?: ConvertOptions): Promise<Converted>;
}
