/** One field of an encoded protobuf: a number (`varint`), four or eight bytes, or bytes of their own length. */
export interface WireField {
  readonly number: number;
  /** 0 a number, 1 eight bytes, 2 bytes of their own length, 5 four bytes; another one makes no sense. */
  readonly kind: number;
  readonly bytes: Uint8Array | null;
  /** Of a varint; null of all else. Beyond 2^53 it is not exact. */
  readonly value: number | null;
}

/** The outermost fields, in order; ends where the bytes make no sense (https://protobuf.dev/programming-guides/encoding). */
export function wireFields(wire: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < wire.length; factor *= 128) {
      const byte = wire[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) break;
    }
    return value;
  };
  const take = (length: number): Uint8Array => wire.subarray(at, (at += length));
  while (at < wire.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const kind = tag % 8;
    if (kind === 0) fields.push({ number, kind, bytes: null, value: varint() });
    else if (kind === 1) fields.push({ number, kind, bytes: take(8), value: null });
    else if (kind === 2) fields.push({ number, kind, bytes: take(varint()), value: null });
    else if (kind === 5) fields.push({ number, kind, bytes: take(4), value: null });
    else {
      fields.push({ number, kind, bytes: null, value: null });
      break;
    }
  }
  return fields;
}
