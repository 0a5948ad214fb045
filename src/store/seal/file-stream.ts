import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

type Bytes = AsyncIterable<Uint8Array>;

/** A kind of sealed file. */
export interface FileForm {
  /** Four characters that begin a file; the last one is the number of the form. */
  readonly magic: string;
  /** Keeps keys of this kind apart from those of others. */
  readonly purpose: string;
  /** What is thrown for another key, and for what was changed or cut off. */
  broken(cause?: unknown): Error;
}

const saltLength = 32;
const tagLength = 16;
/** Of plaintext, bytes. */
const chunkLength = 1 << 20;

/**
 * AES-256-GCM in chunks, each under a key of this file alone (HKDF of the key with a random salt). The nonce counts the
 * chunks and marks the last one, so that none can be left out, moved or cut off (STREAM; Hoang, Reyhanitabar, Rogaway,
 * Vizár 2015).
 */
export async function* sealedFile(plain: Bytes, key: Buffer, form: FileForm): AsyncGenerator<Uint8Array> {
  const salt = randomBytes(saltLength);
  yield Buffer.concat([Buffer.from(form.magic), salt]);
  const own = keyOf(key, salt, form);
  let count = 0;
  let before: Buffer | null = null;
  for await (const chunk of inChunks(plain, chunkLength)) {
    if (before !== null) yield encrypted(before, own, count++, false);
    before = chunk;
  }
  yield encrypted(before ?? Buffer.alloc(0), own, count, true);
}

/** Throws what `form` says for another key, and for what was changed or cut off. */
export async function* openedFile(stored: Bytes, key: Buffer, form: FileForm): AsyncGenerator<Uint8Array> {
  const headLength = form.magic.length + saltLength;
  let own: Buffer | null = null;
  let count = 0;
  let before: Buffer | null = null;
  for await (const chunk of inChunks(stored, chunkLength + tagLength, headLength)) {
    if (own === null) {
      if (chunk.length !== headLength || !chunk.subarray(0, 4).equals(Buffer.from(form.magic))) throw form.broken();
      own = keyOf(key, chunk.subarray(form.magic.length), form);
      continue;
    }
    if (before !== null) yield decrypted(before, { own, form }, count++, false);
    before = chunk;
  }
  if (own === null || before === null) throw form.broken();
  yield decrypted(before, { own, form }, count, true);
}

const keyOf = (key: Buffer, salt: Buffer, { purpose }: FileForm): Buffer =>
  Buffer.from(hkdfSync("sha256", key, salt, purpose, 32));

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

function decrypted(chunk: Buffer, { own, form }: { own: Buffer; form: FileForm }, count: number, isLast: boolean) {
  if (chunk.length < tagLength) throw form.broken();
  const cipher = createDecipheriv("aes-256-gcm", own, nonce(count, isLast));
  cipher.setAuthTag(chunk.subarray(-tagLength));
  try {
    return Buffer.concat([cipher.update(chunk.subarray(0, -tagLength)), cipher.final()]);
  } catch (cause) {
    throw form.broken(cause);
  }
}

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
