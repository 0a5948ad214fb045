/** A protobuf message of fields that are bytes, texts or messages, by their numbers. */
export function lengthDelimited(fields: readonly (readonly [number, Uint8Array])[]): Buffer {
  const parts = fields.map(([number, bytes]) =>
    Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]),
  );
  return Buffer.concat(parts);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
