import { SignalError } from "./signal-error.ts";

/** Fields above it are passed over: Signal's messages have none. */
const mostField = 15;

/** The fields of a protobuf message that Signal's messages have, by number: whole numbers below 2^32, and bytes. The last one counts. */
export interface ProtobufFields {
  readonly numbers: readonly (number | undefined)[];
  readonly bytes: readonly (Buffer | undefined)[];
}

/** Reads wire types 0 and 2 from `at` up to `end` and passes over the fixed ones. The bytes are views. Throws `malformed`. */
export function readProtobuf(message: Buffer, start: number, end: number): ProtobufFields {
  const numbers: (number | undefined)[] = [];
  const bytes: (Buffer | undefined)[] = [];
  let at = start;
  while (at < end) {
    const tag = varint(message, at, end);
    at += varintLength(message, at);
    const field = Math.floor(tag / 8);
    const type = tag % 8;
    if (type === 0) {
      if (field <= mostField) numbers[field] = varint(message, at, end) >>> 0;
      else varint(message, at, end);
      at += varintLength(message, at);
      continue;
    }
    if (type !== 1 && type !== 2 && type !== 5)
      throw new SignalError("malformed", "A field of the message has no known type.");
    const length = type === 2 ? varint(message, at, end) : type === 1 ? 8 : 4;
    if (type === 2) at += varintLength(message, at);
    if (length > end - at) throw new SignalError("malformed", "A field of the message is cut short.");
    if (type === 2 && field <= mostField) bytes[field] = message.subarray(at, at + length);
    at += length;
  }
  return { numbers, bytes };
}

function varint(message: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start, weight = 1; at < end && weight <= 2 ** 63; at++, weight *= 128) {
    const byte = message[at] ?? 0;
    value += (byte & 127) * weight;
    if (byte < 128) return value;
  }
  throw new SignalError("malformed", "A number in the message does not end.");
}

/** Of one that was read: it ends. */
function varintLength(message: Buffer, start: number): number {
  let at = start;
  while ((message[at] ?? 0) >= 128) at++;
  return at - start + 1;
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
