import { hkdf } from "../crypto/cipher.ts";

const WORDS = 64;

/**
 * The hash over a whole collection that can be kept up by adding and taking away single values: 64 words of 16 bits,
 * summed word by word (LtHash16 over HKDF with "WhatsApp Patch Integrity").
 */
export class LtHash {
  readonly #words = new Uint16Array(WORDS);

  add(valueMac: Uint8Array): void {
    this.#mix(valueMac, 1);
  }

  subtract(valueMac: Uint8Array): void {
    this.#mix(valueMac, -1);
  }

  get bytes(): Buffer {
    const bytes = Buffer.alloc(WORDS * 2);
    for (const [at, word] of this.#words.entries()) bytes.writeUInt16LE(word, at * 2);
    return bytes;
  }

  #mix(valueMac: Uint8Array, sign: 1 | -1): void {
    const expanded = hkdf(valueMac, WORDS * 2, "WhatsApp Patch Integrity");
    for (let at = 0; at < WORDS; at++) {
      this.#words[at] = (this.#words[at] ?? 0) + sign * expanded.readUInt16LE(at * 2); // wraps at 2^16 by its type
    }
  }
}
