import { SignalError } from "./signal-error.ts";

/** The fields of a protobuf message that Signal's messages have: numbers and bytes, each at most once; the last one counts. */
export interface ProtobufFields {
  readonly numbers: ReadonlyMap<number, number>;
  readonly bytes: ReadonlyMap<number, Buffer>;
}

/** Reads wire types 0 and 2 and passes over the fixed ones. The bytes are views. Throws `malformed`. */
export function readProtobuf(message: Buffer): ProtobufFields {
  const numbers = new Map<number, number>();
  const bytes = new Map<number, Buffer>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = message[at++];
      if (byte === undefined || shift > 2 ** 63)
        throw new SignalError("malformed", "A number in the message does not end.");
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const type = tag % 8;
    if (type === 0) numbers.set(field, varint() >>> 0);
    else {
      const length = type === 2 ? varint() : type === 1 ? 8 : type === 5 ? 4 : Infinity;
      if (length > message.length - at) throw new SignalError("malformed", "A field of the message is cut short.");
      if (type === 2) bytes.set(field, message.subarray(at, at + length));
      at += length;
    }
  }
  return { numbers, bytes };
}

/** Writes a protobuf message behind a first part, and leaves `tail` bytes free behind it. Numbers are below 2^32. */
export function writeProtobuf(
  head: number,
  fields: readonly (readonly [number, number | Uint8Array])[],
  tail = 0,
): Buffer {
  let length = 1 + tail;
  for (const [, value] of fields) length += typeof value === "number" ? 6 : 6 + value.length;
  const message = Buffer.allocUnsafe(length);
  message[0] = head;
  let at = 1;
  const varint = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) message[at++] = (rest % 128) | 128;
    message[at++] = rest;
  };
  for (const [field, value] of fields) {
    varint(field * 8 + (typeof value === "number" ? 0 : 2));
    if (typeof value === "number") varint(value);
    else {
      varint(value.length);
      message.set(value, at);
      at += value.length;
    }
  }
  return message.subarray(0, at + tail);
}
