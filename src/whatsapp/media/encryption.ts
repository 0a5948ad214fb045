import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from "node:crypto";
import { hkdf } from "@whiskeysockets/baileys";
import { paced } from "../../core/base/breathe.ts";
import { Failure } from "../../core/base/failure.ts";
import type { BlobFamily, Family } from "../codec/remote.ts";

/** How a family is sealed and where it is kept; `post` is where it lies unsealed (whatsmeow, `UploadNewsletter`). */
export const families = {
  image: { info: "WhatsApp Image Keys", path: "/mms/image", post: "/newsletter/newsletter-image" },
  video: { info: "WhatsApp Video Keys", path: "/mms/video", post: "/newsletter/newsletter-video" },
  audio: { info: "WhatsApp Audio Keys", path: "/mms/audio", post: "/newsletter/newsletter-audio" },
  document: { info: "WhatsApp Document Keys", path: "/mms/document", post: "/newsletter/newsletter-document" },
} as const satisfies Record<Family, { info: string; path: string; post: string }>;

const macLength = 10;

const infos: Readonly<Record<Family | BlobFamily, string>> = {
  image: families.image.info,
  video: families.video.info,
  audio: families.audio.info,
  document: families.document.info,
  history: "WhatsApp History Keys",
  app_state: "WhatsApp App State Keys",
};

function keysOf(mediaKey: Uint8Array, family: Family | BlobFamily) {
  const keys = hkdf(Buffer.from(mediaKey), 112, { info: infos[family] });
  return { iv: keys.subarray(0, 16), cipherKey: keys.subarray(16, 48), macKey: keys.subarray(48, 80) };
}

export interface Seal {
  fileSha256: Uint8Array;
  fileEncSha256: Uint8Array;
  fileLength: number;
  /** Of the sealed file. */
  length: number;
}

/** What sealing a file would give. The bytes are not kept: `sealed` makes them again as they leave. */
export async function measured(bytes: Blob, mediaKey: Uint8Array, family: Family): Promise<Seal> {
  const plain = createHash("sha256");
  const enc = createHash("sha256");
  let [fileLength, length] = [0, 0];
  const counted = async function* () {
    for await (const chunk of bytes.stream()) {
      plain.update(chunk);
      fileLength += chunk.length;
      yield chunk;
    }
  };
  for await (const chunk of encrypted(counted(), mediaKey, family)) {
    enc.update(chunk);
    length += chunk.length;
  }
  return { fileSha256: plain.digest(), fileEncSha256: enc.digest(), fileLength, length };
}

/** The file as it lies on WhatsApp's servers: AES-CBC, then the first ten bytes of an HMAC over IV and ciphertext. */
export async function* encrypted(bytes: AsyncIterable<Uint8Array>, mediaKey: Uint8Array, family: Family) {
  const { iv, cipherKey, macKey } = keysOf(mediaKey, family);
  const cipher = createCipheriv("aes-256-cbc", cipherKey, iv);
  const mac = createHmac("sha256", macKey).update(iv);
  for await (const chunk of paced(bytes)) {
    const part = cipher.update(chunk);
    mac.update(part);
    if (part.length > 0) yield part;
  }
  const last = cipher.final();
  yield Buffer.concat([last, mac.update(last).digest().subarray(0, macLength)]);
}

/** The file in a sealed one, as it comes. Throws `refused` at its end when it is not what was announced. */
export async function* decrypted(
  bytes: AsyncIterable<Uint8Array>,
  mediaKey: Uint8Array,
  family: Family,
  fileSha256: Uint8Array,
): AsyncIterable<Uint8Array> {
  const { iv, cipherKey, macKey } = keysOf(mediaKey, family);
  const decipher = createDecipheriv("aes-256-cbc", cipherKey, iv);
  const mac = createHmac("sha256", macKey).update(iv);
  const plain = createHash("sha256");
  // The last ten bytes are no ciphertext, and which are the last is known only at the end.
  let tail = Buffer.alloc(0);
  for await (const chunk of paced(bytes)) {
    const seen = Buffer.concat([tail, chunk]);
    const body = seen.subarray(0, Math.max(0, seen.length - macLength));
    tail = seen.subarray(body.length);
    mac.update(body);
    const part = decipher.update(body);
    plain.update(part);
    if (part.length > 0) yield part;
  }
  const last = finished(decipher);
  if (last === null || tail.length !== macLength || !timingSafeEqual(mac.digest().subarray(0, macLength), tail))
    throw new Failure("refused", "The file is damaged, or was changed on its way.");
  plain.update(last);
  if (fileSha256.length > 0 && !plain.digest().equals(fileSha256))
    throw new Failure("refused", "The file is not the one its message announced.");
  if (last.length > 0) yield last;
}

/** An unsealed file, as it comes: only its hash tells that it is the one that was announced. */
export async function* checked(bytes: AsyncIterable<Uint8Array>, fileSha256: Uint8Array): AsyncIterable<Uint8Array> {
  const plain = createHash("sha256");
  for await (const chunk of paced(bytes)) {
    plain.update(chunk);
    yield chunk;
  }
  if (fileSha256.length > 0 && !plain.digest().equals(fileSha256))
    throw new Failure("refused", "The file is not the one its message announced.");
}

function finished(decipher: { final(): Buffer }): Buffer | null {
  try {
    return decipher.final();
  } catch {
    return null;
  }
}
