import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { Failure } from "../../core/base/failure.ts";

/** Version, number of the session, count: what stands before the ciphertext, and what the nonce is made of. */
const headLength = 1 + 4 + 6;
const tagLength = 16;
const version = 1;

/** What a process seals under: a number, and a key that nobody else has. */
export interface SealSession {
  readonly number: number;
  readonly key: Buffer;
}

/** The key of a session. Salts are random, so a copy of a store that goes on beside it never shares one. */
export function sessionKey(dataKey: Buffer, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync("sha256", dataKey, salt, "merpati seal", 32));
}

/**
 * Seals values with AES-256-GCM. The nonce is a count that begins with the session, and the session's key is its own: so
 * none is used twice. `place` names table, column and row; a value opens nowhere else.
 */
export class Sealer {
  readonly #session: SealSession;
  readonly #keyOf: (session: number) => Buffer;
  #count = 0;

  /** `keyOf` throws for a session that nobody knows. */
  constructor(session: SealSession, keyOf: (session: number) => Buffer) {
    this.#session = session;
    this.#keyOf = keyOf;
  }

  seal(place: string, value: Uint8Array | string): Buffer {
    const plain = typeof value === "string" ? Buffer.from(value) : value;
    const sealed = Buffer.allocUnsafe(headLength + plain.length + tagLength);
    sealed.writeUInt8(version, 0);
    sealed.writeUInt32BE(this.#session.number, 1);
    sealed.writeUIntBE(++this.#count, 5, 6);
    const cipher = createCipheriv("aes-256-gcm", this.#session.key, nonceOf(sealed));
    cipher.setAAD(Buffer.from(place));
    sealed.set(cipher.update(plain), headLength);
    cipher.final();
    sealed.set(cipher.getAuthTag(), headLength + plain.length);
    return sealed;
  }

  /** Throws `unavailable` for what was changed, or stood in another place. */
  open(place: string, sealed: Uint8Array): Buffer {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    if (bytes.length < headLength + tagLength || bytes[0] !== version) throw broken(place);
    const cipher = createDecipheriv("aes-256-gcm", this.#keyOf(bytes.readUInt32BE(1)), nonceOf(bytes));
    cipher.setAAD(Buffer.from(place));
    cipher.setAuthTag(bytes.subarray(-tagLength));
    try {
      const plain = cipher.update(bytes.subarray(headLength, -tagLength));
      cipher.final();
      return plain;
    } catch (cause) {
      throw broken(place, cause);
    }
  }

  /** A text as one JSON string: columns of JSON take it too. */
  sealText(place: string, value: string): string {
    return `"${this.seal(place, value).toString("base64")}"`;
  }

  openText(place: string, sealed: string): string {
    if (!isSealedText(sealed)) throw broken(place);
    return this.open(place, Buffer.from(sealed.slice(1, -1), "base64")).toString();
  }

  /** A text or bytes as bytes that remember which they were. */
  sealAny(place: string, value: Uint8Array | string): Buffer {
    const isText = typeof value === "string";
    const plain = isText ? Buffer.from(value) : value;
    return this.seal(place, Buffer.concat([isText ? textMark : bytesMark, plain]));
  }

  openAny(place: string, sealed: Uint8Array | string): Uint8Array | string {
    if (typeof sealed === "string") throw broken(place);
    const plain = this.open(place, sealed);
    return plain[0] === textMark[0] ? plain.toString("utf8", 1) : new Uint8Array(plain.subarray(1));
  }
}

const textMark = Buffer.from([0]);
const bytesMark = Buffer.from([1]);

/** Of a column whose values are objects: a string is one that is sealed. */
export const isSealedText = (value: string): boolean => value.startsWith('"');

/** Session and count, ten bytes, behind two that are zero. */
function nonceOf(sealed: Buffer): Buffer {
  const nonce = Buffer.alloc(12);
  sealed.copy(nonce, 2, 1, headLength);
  return nonce;
}

function broken(place: string, cause?: unknown): Failure {
  const [column] = place.split("|");
  return new Failure(
    "unavailable",
    `A sealed value (${column}) was changed, or belongs elsewhere. Put back a backup: merpati backup list.`,
    { cause },
  );
}
