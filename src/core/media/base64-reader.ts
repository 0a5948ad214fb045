import { Failure } from "../base/failure.ts";

/** What a byte is, when it stands for none of 64 values. */
const [space, padding, none] = [64, 65, 255];

const tableOf = (specials: string): Uint8Array => {
  const table = new Uint8Array(256).fill(none);
  const letters = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${specials}`;
  for (let value = 0; value < letters.length; value++) table[letters.charCodeAt(value)] = value;
  for (const white of " \t\n\f\r") table[white.charCodeAt(0)] = space;
  table["=".charCodeAt(0)] = padding;
  return table;
};
const plain = tableOf("+/");
const forAddresses = tableOf("-_");

/**
 * Base64 as it comes (RFC 4648), in either alphabet, with white space anywhere and its padding or none. It makes no text of
 * what it reads: megabytes of that are what a garbage collector stops everybody for. `take` and `end` throw `invalid`.
 */
export class Base64Reader {
  #table: Uint8Array | null = null;
  /** Of four characters, those that came: how many, and their bits. */
  #count = 0;
  #bits = 0;
  #padding = 0;
  #out = new Uint8Array();

  /** The bytes that are sure by now; good until the next call. */
  take(text: Uint8Array): Uint8Array {
    const table = this.#tableFor(text);
    const most = Math.ceil(((text.length + 3) * 3) / 4);
    if (this.#out.length < most) this.#out = new Uint8Array(most);
    const out = this.#out;
    let length = 0;
    for (let at = 0; at < text.length;) {
      if (this.#count === 0 && this.#padding === 0) {
        const end = wholeFours(table, text, at, out, length);
        length += ((end - at) / 4) * 3;
        at = end;
        if (at === text.length) break;
      }
      if (this.#one(table[text[at++] ?? 0] ?? none)) {
        out[length++] = this.#bits >> 16;
        out[length++] = this.#bits >> 8;
        out[length++] = this.#bits;
        this.#bits = 0;
      }
    }
    return out.subarray(0, length);
  }

  /** The last bytes. */
  end(): Uint8Array {
    const isWhole = this.#padding === 0 ? this.#count !== 1 : this.#count >= 2 && this.#count + this.#padding === 4;
    if (!isWhole) throw unreadable();
    const bits = this.#bits << (6 * (4 - this.#count));
    return Uint8Array.of(bits >> 16, bits >> 8).subarray(0, Math.max(0, this.#count - 1));
  }

  /** Takes one character; whether four are together. */
  #one(value: number): boolean {
    if (value === space) return false;
    if (value === padding) this.#padding++;
    if (value > padding || this.#padding > 2 || (value < space && this.#padding > 0)) throw unreadable();
    if (value >= space) return false;
    this.#bits = (this.#bits << 6) | value;
    this.#count = (this.#count + 1) & 3;
    return this.#count === 0;
  }

  /** The first character that only one of the alphabets has says which it is. */
  #tableFor(text: Uint8Array): Uint8Array {
    if (this.#table !== null) return this.#table;
    const has = (one: string) => text.includes(one.charCodeAt(0));
    if (has("+") || has("/")) this.#table = plain;
    else if (has("-") || has("_")) this.#table = forAddresses;
    return this.#table ?? plain;
  }
}

/** Decodes as long as four characters that are values stand together; where they end. */
function wholeFours(table: Uint8Array, text: Uint8Array, from: number, out: Uint8Array, start: number): number {
  let to = start;
  let at = from;
  for (; at + 4 <= text.length; at += 4) {
    const a = table[text[at] as number] as number;
    const b = table[text[at + 1] as number] as number;
    const c = table[text[at + 2] as number] as number;
    const d = table[text[at + 3] as number] as number;
    if ((a | b | c | d) >= space) break;
    const bits = (a << 18) | (b << 12) | (c << 6) | d;
    out[to++] = bits >> 16;
    out[to++] = bits >> 8;
    out[to++] = bits;
  }
  return at;
}

const unreadable = (): Failure => new Failure("invalid", "it is no base64, or not the whole of it.");
