import type { Random } from "../base/random.ts";

/** WhatsApp pads every plaintext with 1 to 16 bytes, each telling their number. */
export function pad(plain: Uint8Array, random: Random): Buffer {
  const length = 1 + random.below(16);
  return Buffer.concat([plain, Buffer.alloc(length, length)]);
}

/** Throws when the last byte is no possible padding. */
export function unpad(padded: Buffer): Buffer {
  const length = padded.at(-1) ?? 0;
  if (length === 0 || length > padded.length) throw new Error(`padding of ${length} in ${padded.length} bytes`);
  return padded.subarray(0, padded.length - length);
}
