import { Failure } from "../core/base/failure.ts";

/** No body of ours has a tenth of it; what checks bodies looks at one level by level. */
const mostLevels = 64;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

const isStructure = new Uint8Array(256);
for (const byte of [quote, comma, colon, openList, closeList, openObject, closeObject]) isStructure[byte] = 1;

/** What stands between two quotes, as far as it is in one part: from a byte on, and up to another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Whether the text ends there. */
  readonly ends: boolean;
}

/**
 * Looks at JSON as it comes, in one pass over the bytes and before anything is parsed: what parses and checks a body takes
 * time for each value in it. `take` throws `invalid` for what nests too deep and `too_large` for more than `most` of
 * `[{,:`, as soon as it is seen.
 */
export class JsonBudget {
  readonly #most: number;
  #depth = 0;
  #count = 0;
  #texts = 0;
  #inText = false;
  #isEscaped = false;
  /** Of the part that is looked at, the last backslash that was looked for. */
  #slash = -1;

  constructor(most: number) {
    this.#most = most;
  }

  /** `seen` hears of the texts in these bytes, in order. */
  take(bytes: Uint8Array, seen?: (stretch: Stretch) => void): void {
    const part = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#slash = -1;
    for (let at = 0; at < part.length; at++) {
      if (!this.#inText) {
        // Digits and white space may be megabytes long.
        while (at < part.length && !isStructure[part[at] ?? 0]) at++;
        if (at === part.length) break;
      }
      if (this.#inText) {
        const from = at;
        at = this.#endOfText(part, at);
        seen?.({ from, to: at, ends: !this.#inText });
      } else this.#structure(part[at] ?? 0);
    }
  }

  #structure(byte: number): void {
    switch (byte) {
      case quote:
        this.#inText = true;
        // Two texts beside each other are no JSON, but would be looked at as long.
        if (++this.#texts > this.#most + 1) throw tooMany(this.#most);
        return;
      case openList:
      case openObject:
        if (++this.#depth > mostLevels) throw tooDeep();
        return this.#value();
      case closeList:
      case closeObject:
        this.#depth--;
        return;
      case comma:
      case colon:
        return this.#value();
    }
  }

  #value(): void {
    if (++this.#count > this.#most) throw tooMany(this.#most);
  }

  /** Where the text ends, or the part that it goes on behind. A text can be megabytes long: it is not looked at by byte. */
  #endOfText(part: Buffer, start: number): number {
    let at = start;
    if (this.#isEscaped) at++;
    this.#isEscaped = false;
    for (let end = -1; ;) {
      if (end < at) end = placeOf(part, quote, at);
      if (this.#slash < at) this.#slash = placeOf(part, backslash, at);
      if (end < this.#slash) this.#inText = false;
      if (end <= this.#slash) return end;
      at = this.#slash + 2;
      if (at <= part.length) continue;
      this.#isEscaped = true;
      return part.length;
    }
  }
}

/** Where a byte is next; the length when it is nowhere. */
function placeOf(part: Buffer, byte: number, from: number): number {
  const place = part.indexOf(byte, from);
  return place < 0 ? part.length : place;
}

/** The same of a form, whose fields may hold JSON anywhere: every such character counts. */
export function needFewValues(form: Uint8Array, most: number): void {
  let count = 0;
  for (const byte of form)
    if (byte === openList || byte === openObject || byte === comma || byte === colon)
      if (++count > most) throw tooMany(most);
}

const tooDeep = () => new Failure("invalid", `The body nests deeper than the ${mostLevels} levels that are read.`);
const tooMany = (most: number) =>
  new Failure(
    "too_large",
    `The body holds more values than are read at once: it may have ${most} of "[", "{", "," and ":".`,
  );
