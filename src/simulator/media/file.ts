import { timingSafeEqual } from "node:crypto";
import { hkdf, hmac, openCbc, sealCbc, sha256 } from "../crypto/cipher.ts";
import type { Random } from "../base/random.ts";

/** The kinds of media, and the words their keys are derived with (from clients' source). */
const INFO = {
  image: "WhatsApp Image Keys",
  sticker: "WhatsApp Image Keys",
  video: "WhatsApp Video Keys",
  audio: "WhatsApp Audio Keys",
  document: "WhatsApp Document Keys",
  history: "WhatsApp History Keys",
  "app-state": "WhatsApp App State Keys",
} as const;

export type FileKind = keyof typeof INFO;
const MAC = 10;

/** A file as it lies on the media server, and what a message says of it. */
export interface SealedFile {
  readonly bytes: Buffer;
  readonly mediaKey: Buffer;
  readonly fileSha256: Buffer;
  readonly fileEncSha256: Buffer;
  readonly fileLength: number;
}

function keysOf(mediaKey: Uint8Array, kind: FileKind): { iv: Buffer; cipher: Buffer; mac: Buffer } {
  const keys = hkdf(mediaKey, 112, INFO[kind]);
  return { iv: keys.subarray(0, 16), cipher: keys.subarray(16, 48), mac: keys.subarray(48, 80) };
}

export function sealFile(plain: Uint8Array, kind: FileKind, random: Random): SealedFile {
  const mediaKey = random.bytes(32);
  const { iv, cipher, mac } = keysOf(mediaKey, kind);
  const sealed = sealCbc(cipher, iv, plain);
  const bytes = Buffer.concat([sealed, hmac(mac, iv, sealed).subarray(0, MAC)]);
  const hashes = { fileSha256: sha256(plain), fileEncSha256: sha256(bytes) };
  return { bytes, mediaKey, ...hashes, fileLength: plain.length };
}

/** Throws when the MAC or, if the message tells it, the plaintext's hash does not fit. */
export function openFile(bytes: Buffer, kind: FileKind, mediaKey: Uint8Array, fileSha256?: Uint8Array | null): Buffer {
  const { iv, cipher, mac } = keysOf(mediaKey, kind);
  const sealed = bytes.subarray(0, -MAC);
  const expected = hmac(mac, iv, sealed).subarray(0, MAC);
  if (!timingSafeEqual(expected, bytes.subarray(-MAC))) throw new Error("the media file's MAC does not fit");
  const plain = openCbc(cipher, iv, sealed);
  if (fileSha256?.length && !sha256(plain).equals(fileSha256))
    throw new Error("the media file is not what was announced");
  return plain;
}
