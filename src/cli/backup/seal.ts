import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { Failure } from "../../core/base/failure.ts";

type Bytes = AsyncIterable<Uint8Array>;

/** Begins a sealed file; the number is that of the form. */
const magic = Buffer.from("MPB1");
const saltLength = 32;
const tagLength = 16;
/** Of plaintext, bytes. */
const chunkLength = 1 << 20;

/**
 * AES-256-GCM in chunks, each under a key of this file alone (HKDF of the operator's key with a random salt). The nonce
 * counts the chunks and marks the last one, so that none can be left out, moved or cut off (STREAM; Hoang, Reyhanitabar,
 * Rogaway, Vizár 2015).
 */
export async function* sealed(plain: Bytes, key: Buffer): AsyncGenerator<Uint8Array> {
  const salt = randomBytes(saltLength);
  yield Buffer.concat([magic, salt]);
  const own = keyOf(key, salt);
  let count = 0;
  let before: Buffer | null = null;
  for await (const chunk of inChunks(plain, chunkLength)) {
    if (before !== null) yield encrypted(before, own, count++, false);
    before = chunk;
  }
  yield encrypted(before ?? Buffer.alloc(0), own, count, true);
}

/** Throws `refused` for another key, and for what was changed or cut off. */
export async function* unsealed(stored: Bytes, key: Buffer): AsyncGenerator<Uint8Array> {
  let own: Buffer | null = null;
  let count = 0;
  let before: Buffer | null = null;
  for await (const chunk of inChunks(stored, chunkLength + tagLength, magic.length + saltLength)) {
    if (own === null) {
      if (!chunk.subarray(0, magic.length).equals(magic) || chunk.length !== magic.length + saltLength) throw broken();
      own = keyOf(key, chunk.subarray(magic.length));
      continue;
    }
    if (before !== null) yield decrypted(before, own, count++, false);
    before = chunk;
  }
  if (own === null || before === null) throw broken();
  yield decrypted(before, own, count, true);
}

const keyOf = (key: Buffer, salt: Buffer): Buffer => Buffer.from(hkdfSync("sha256", key, salt, "merpati backup", 32));

function nonce(count: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(count, 4);
  bytes.writeUInt8(isLast ? 1 : 0, 11);
  return bytes;
}

function encrypted(chunk: Buffer, key: Buffer, count: number, isLast: boolean): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonce(count, isLast));
  return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
}

function decrypted(chunk: Buffer, key: Buffer, count: number, isLast: boolean): Buffer {
  if (chunk.length < tagLength) throw broken();
  const cipher = createDecipheriv("aes-256-gcm", key, nonce(count, isLast));
  cipher.setAuthTag(chunk.subarray(-tagLength));
  try {
    return Buffer.concat([cipher.update(chunk.subarray(0, -tagLength)), cipher.final()]);
  } catch (cause) {
    throw broken(cause);
  }
}

const broken = (cause?: unknown): Failure =>
  new Failure("refused", "A file of the backup does not fit BACKUP_KEY_FILE, or was changed since it was made.", {
    cause,
  });

/** The same bytes in pieces of `size`, the last one shorter; of `first` bytes the first, when it is given. */
async function* inChunks(bytes: Bytes, size: number, first = size): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let wanted = first;
  for await (const part of bytes) {
    parts.push(part);
    length += part.length;
    while (length >= wanted) {
      const all = Buffer.concat(parts);
      yield all.subarray(0, wanted);
      parts = [all.subarray(wanted)];
      length -= wanted;
      wanted = size;
    }
  }
  if (length > 0) yield Buffer.concat(parts);
}
