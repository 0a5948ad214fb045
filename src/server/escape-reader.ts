import { Failure } from "../core/base/failure.ts";

const backslash = 0x5c;
/** What stands for a character outside ASCII: no such byte is a character of its own. */
const outside = 0xff;
/** The longest escape, `\u002f`. */
const longest = 6;
const short: Readonly<Record<string, number>> = {
  b: 8,
  t: 9,
  n: 10,
  f: 12,
  r: 13,
  '"': 0x22,
  "/": 0x2f,
  "\\": backslash,
};

/** The characters of a JSON text as it comes, its escapes read: base64 has `\/` and `\u002b` in it. Throws `invalid` for what is no JSON. */
export class EscapeReader {
  /** An escape that was cut. */
  #left = new Uint8Array();

  /** One byte for each byte and for each escape. */
  take(bytes: Uint8Array): Uint8Array {
    if (hasControl(bytes)) throw unreadable();
    if (this.#left.length === 0 && !bytes.includes(backslash)) return bytes;
    const text = Buffer.concat([this.#left, bytes]);
    const out = new Uint8Array(text.length);
    let length = 0;
    let at = 0;
    for (; at < text.length; at++) {
      const byte = text[at] ?? 0;
      if (byte !== backslash) {
        out[length++] = byte;
        continue;
      }
      const size = sizeOf(text, at);
      if (at + size > text.length) break;
      out[length++] = valueOf(text.toString("latin1", at + 1, at + size));
      at += size - 1;
    }
    this.#left = text.subarray(at);
    return out.subarray(0, length);
  }

  /** The text is over. */
  end(): void {
    if (this.#left.length > 0) throw unreadable();
  }
}

/** How long an escape is that begins there. */
const sizeOf = (text: Buffer, at: number): number => (at + 1 === text.length || text[at + 1] !== 0x75 ? 2 : longest);

/** What stands behind a backslash. */
function valueOf(escape: string): number {
  const named = short[escape];
  if (named !== undefined) return named;
  if (!/^u[0-9a-fA-F]{4}$/.test(escape)) throw unreadable();
  return Math.min(Number.parseInt(escape.slice(1), 16), outside);
}

function hasControl(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if ((bytes[at] ?? 0) < 0x20) return true;
  return false;
}

const unreadable = () => new Failure("invalid", "The body is not valid JSON.");
