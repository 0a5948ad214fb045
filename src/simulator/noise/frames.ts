const HEADER = Buffer.from([0x57, 0x41, 6, 3]); // "WA", protocol 6, token dictionary 3
const LARGEST = 1 << 24;

/** Puts the 3-byte length before a frame. */
export function frame(bytes: Buffer): Buffer {
  if (bytes.length >= LARGEST) throw new Error(`frame of ${bytes.length} bytes does not fit its 3-byte length`);
  const framed = Buffer.allocUnsafe(bytes.length + 3);
  framed.writeUIntBE(bytes.length, 0, 3);
  bytes.copy(framed, 3);
  return framed;
}

/** Cuts the client's byte stream into frames, however it was split on the way, and reads the intro before the first. */
export class FrameReader {
  #buffer: Buffer = Buffer.alloc(0);
  #intro = false;
  /** What a returning client says of its edge (`ED`, 0, 1, length, bytes); undefined on a first connection. */
  routing: Buffer | undefined;

  /** Throws when the stream does not start as WhatsApp's does. */
  push(bytes: Buffer): Buffer[] {
    this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes]);
    if (!this.#intro && !this.#readIntro()) return [];
    const frames: Buffer[] = [];
    let offset = 0;
    while (this.#buffer.length - offset >= 3) {
      const end = offset + 3 + this.#buffer.readUIntBE(offset, 3);
      if (this.#buffer.length < end) break;
      frames.push(this.#buffer.subarray(offset + 3, end));
      offset = end;
    }
    this.#buffer = this.#buffer.subarray(offset);
    return frames;
  }

  get prologue(): Buffer {
    return HEADER;
  }

  #readIntro(): boolean {
    let offset = 0;
    if (this.#buffer.subarray(0, 2).toString("latin1") === "ED") {
      if (this.#buffer.length < 7) return false;
      const length = this.#buffer.readUIntBE(4, 3);
      if (this.#buffer.length < 7 + length) return false;
      this.routing = Buffer.from(this.#buffer.subarray(7, 7 + length));
      offset = 7 + length;
    }
    const header = this.#buffer.subarray(offset, offset + HEADER.length);
    if (header.length < HEADER.length) return false;
    if (!header.equals(HEADER)) throw new Error(`the stream starts with ${header.toString("hex")}, not with WA 6 3`);
    this.#buffer = this.#buffer.subarray(offset + HEADER.length);
    this.#intro = true;
    return true;
  }
}
