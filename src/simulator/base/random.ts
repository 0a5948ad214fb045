import { createCipheriv, createHash, randomBytes } from "node:crypto";

/**
 * The one source of randomness of a simulator. With a seed it is a deterministic AES-256-CTR key
 * stream (so a run can be played again), without one it is seeded by the operating system.
 */
export class Random {
  readonly seed: string;
  readonly #stream: ReturnType<typeof createCipheriv>;

  constructor(seed?: number | string) {
    this.seed = seed === undefined ? randomBytes(16).toString("hex") : String(seed);
    const key = createHash("sha256").update(`merpati simulator ${this.seed}`).digest();
    this.#stream = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  }

  bytes(length: number): Buffer {
    return this.#stream.update(Buffer.alloc(length));
  }

  /** A whole number from 0 up to, not including, `limit` (at most 2^32). */
  below(limit: number): number {
    return Math.floor((this.bytes(4).readUInt32BE(0) / 0x1_0000_0000) * limit);
  }

  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean {
    return this.below(1_000_000) < probability * 1_000_000;
  }

  /** Upper-case hexadecimal, two digits per byte, as WhatsApp writes its message ids. */
  hex(bytes: number): string {
    return this.bytes(bytes).toString("hex").toUpperCase();
  }

  /** A generator of its own for one purpose, so that using it more does not shift the others. */
  fork(purpose: string): Random {
    return new Random(`${this.seed}/${purpose}`);
  }
}
