import { assertState, SignalError } from "./signal-error.ts";

/** Bytes of a key, and of a skipped one with its number before it. */
export const keyLength = 32;
export const skippedLength = 4 + keyLength;

/** Reads a stored record from its beginning; numbers have their big end first. Throws `damaged_record` at its end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** A view of the next so many bytes. */
  take(length: number): Buffer {
    const at = this.#pass(length);
    return this.#bytes.subarray(at, at + length);
  }

  key(): Buffer {
    return this.take(keyLength);
  }

  u8(): number {
    return this.#bytes[this.#pass(1)] ?? 0;
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#pass(2));
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#pass(4));
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new SignalError("damaged_record", "A stored record is too long.");
  }

  /** Where the next so many bytes begin. */
  #pass(length: number): number {
    const at = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new SignalError("damaged_record", "A stored record is cut short.");
    return at;
  }
}

/** Writes what `ByteReader` reads, into bytes of the right length. */
export class ByteWriter {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(length: number) {
    this.#bytes = Buffer.allocUnsafe(length);
  }

  u8(value: number): this {
    this.#at = this.#bytes.writeUInt8(value, this.#at);
    return this;
  }

  u16(value: number): this {
    this.#at = this.#bytes.writeUInt16BE(value, this.#at);
    return this;
  }

  u32(value: number): this {
    this.#at = this.#bytes.writeUInt32BE(value, this.#at);
    return this;
  }

  put(...parts: readonly Uint8Array[]): this {
    for (const part of parts) {
      this.#bytes.set(part, this.#at);
      this.#at += part.length;
    }
    return this;
  }

  done(): Buffer {
    assertState(this.#at === this.#bytes.length, "a record has the length that was reckoned");
    return this.#bytes;
  }
}

/** A number in four bytes, big end first. */
export function numberBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/**
 * The keys of messages that were passed over, each behind its number, in rising order: one block of bytes, which costs
 * nothing while nobody looks into it.
 */
export const skippedKeys = {
  none: Buffer.alloc(0),

  count: (block: Buffer): number => block.length / skippedLength,

  /** Where a number stands in the block, or -1. */
  find(block: Buffer, counter: number): number {
    let [low, high] = [0, block.length / skippedLength - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = block.readUInt32BE(middle * skippedLength);
      if (found === counter) return middle;
      if (found < counter) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  },

  key: (block: Buffer, place: number): Buffer => block.subarray(place * skippedLength + 4, (place + 1) * skippedLength),

  without: (block: Buffer, place: number): Buffer =>
    Buffer.concat([block.subarray(0, place * skippedLength), block.subarray((place + 1) * skippedLength)]),

  /** Without its oldest ones. */
  dropFirst: (block: Buffer, count: number): Buffer => block.subarray(count * skippedLength),
};
