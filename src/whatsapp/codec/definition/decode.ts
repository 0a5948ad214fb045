import type { proto } from "@whiskeysockets/baileys";
import { wireFields } from "../fields/wire-fields.ts";
import { type FieldDefinition, typeDefinition } from "./message-definition.ts";
import type { WebMessage } from "./web-message.ts";

/** More than WhatsApp nests, quotes within quotes included. */
const deepest = 60;

type Decoded = Record<string, unknown>;

/** A field that the definition does not know; `bytes` of one that may hold others. */
interface UnknownField {
  readonly number: number;
  readonly bytes: Uint8Array | null;
}

/** By object: its fields that the definition does not know. */
const unknown = new WeakMap<object, UnknownField[]>();

/** The numbers of a decoded message's own fields that are newer than the definition. */
export const unknownFields = (message: object): readonly number[] =>
  (unknown.get(message) ?? []).map(({ number }) => number);

/**
 * What stands in a field that is newer than the definition, if that has the shape of an envelope: `{ 1: Message }` and
 * nothing else. A guess by shape alone, so good for a hint and not for more.
 */
export function messageInUnknown(message: object): WebMessage | null {
  for (const { bytes } of unknown.get(message) ?? []) {
    const [first, ...more] = bytes ? wireFields(bytes) : [];
    if (first?.number !== 1 || !first.bytes || more.length > 0) continue;
    try {
      const inner = decodeMessage(first.bytes);
      if (Object.keys(inner).length > 0 && !unknown.has(inner)) return inner;
    } catch {
      // It holds something else.
    }
  }
  return null;
}

/** A message by the newest definition there is. Throws on what is no message. */
export function decodeMessage(wire: Uint8Array): WebMessage {
  return new Reader(wire).message("Message", wire.length, 0);
}

/** A message as phones tell of it to other devices; its `message` by the newest definition. Throws on what is none. */
export function decodeWebMessageInfo(wire: Uint8Array): proto.IWebMessageInfo {
  return new Reader(wire).message("WebMessageInfo", wire.length, 0);
}

/** Reads by https://protobuf.dev/programming-guides/encoding. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(wire: Uint8Array) {
    this.#bytes = Buffer.from(wire.buffer, wire.byteOffset, wire.byteLength);
  }

  message(type: string, end: number, depth: number): Decoded {
    if (depth > deepest) throw new RangeError("a message nested too deep");
    const fields = typeDefinition(type);
    const decoded: Decoded = {};
    while (this.#at < end) {
      const tag = this.#varint();
      const number = Math.floor(tag / 8);
      const wireType = tag % 8;
      const field = fields.get(number);
      if (!field) {
        const from = this.#at;
        this.#skip(wireType, end);
        unknown.set(decoded, [...(unknown.get(decoded) ?? []), { number, bytes: this.#heldIn(wireType, from) }]);
      } else if (field.repeated) this.#repeated(decoded, field, { wireType, end, depth });
      else this.#single(decoded, field, { wireType, end, depth });
    }
    if (this.#at > end) throw new RangeError("a field that ends behind its message");
    return decoded;
  }

  /** The bytes of the field that began at `from` and has just been skipped. */
  #heldIn(wireType: number, from: number): Uint8Array | null {
    if (wireType !== 2) return null;
    const end = this.#at;
    this.#at = from;
    this.#varint();
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  #single(decoded: Decoded, field: FieldDefinition, at: { wireType: number; end: number; depth: number }): void {
    const value = this.#value(field, at.wireType, at.end, at.depth);
    const before = decoded[field.name];
    // A message that stands twice is both of them together.
    const isTwice = field.type !== "" && before !== undefined && value !== undefined;
    if (value !== undefined) decoded[field.name] = isTwice ? { ...(before as object), ...(value as object) } : value;
  }

  #repeated(decoded: Decoded, field: FieldDefinition, at: { wireType: number; end: number; depth: number }): void {
    const values = (decoded[field.name] ??= []) as unknown[];
    const isPacked = at.wireType === 2 && !["s", "b", "@"].includes(field.code);
    if (!isPacked) {
      const value = this.#value(field, at.wireType, at.end, at.depth);
      if (value !== undefined) values.push(value);
      return;
    }
    const end = this.#end(at.end);
    while (this.#at < end) values.push(this.#scalar(field));
  }

  /** Undefined of a field that is written otherwise than it is defined. */
  #value(field: FieldDefinition, wireType: number, limit: number, depth: number): unknown {
    if (wireType !== wireTypeOf(field)) {
      this.#skip(wireType, limit);
      return undefined;
    }
    if (wireType !== 2) return this.#scalar(field);
    const end = this.#end(limit);
    if (field.code === "@") return this.message(field.type, end, depth + 1);
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return field.code === "s" ? bytes.toString() : bytes;
  }

  #scalar({ code }: FieldDefinition): number | boolean {
    switch (code) {
      case "o":
        return this.#varint() !== 0;
      case "z": {
        const value = this.#varint();
        return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      }
      case "d":
        return this.#bytes.readDoubleLE(this.#skipped(8));
      case "f":
        return this.#bytes.readFloatLE(this.#skipped(4));
      case "4":
        return this.#bytes.readUInt32LE(this.#skipped(4));
      case "8":
        return Number(this.#bytes.readBigUInt64LE(this.#skipped(8)));
      default:
        return this.#varint();
    }
  }

  /** Up to 64 bits; beyond 2^53 not exact, and negative from 2^63 on, as signed ones are. */
  #varint(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 127) * factor;
      if (byte < 128) return value >= 2 ** 63 ? value - 2 ** 64 : value;
      factor *= 128;
    }
    throw new RangeError("a number without end");
  }

  #end(limit: number): number {
    const length = this.#varint();
    const end = this.#at + length;
    if (!(length >= 0 && end <= limit)) throw new RangeError("a field that ends behind its message");
    return end;
  }

  #skipped(length: number): number {
    const from = this.#at;
    this.#at += length;
    return from;
  }

  #skip(wireType: number, limit: number): void {
    if (wireType === 0) this.#varint();
    else if (wireType === 1) this.#at += 8;
    else if (wireType === 2) this.#at = this.#end(limit);
    else if (wireType === 5) this.#at += 4;
    else throw new RangeError("a field of no known form");
  }
}

function wireTypeOf({ code }: FieldDefinition): number {
  if (code === "s" || code === "b" || code === "@") return 2;
  if (code === "d" || code === "8") return 1;
  return code === "f" || code === "4" ? 5 : 0;
}
