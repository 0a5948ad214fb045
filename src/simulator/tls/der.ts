/** The few pieces of ASN.1's distinguished encoding (X.690) that a certificate is made of. */
export const der = {
  sequence: (...parts: Buffer[]) => tagged(0x30, ...parts),
  set: (...parts: Buffer[]) => tagged(0x31, ...parts),
  integer: (value: number | Buffer) => tagged(0x02, typeof value === "number" ? Buffer.from([value]) : unsigned(value)),
  boolean: (value: boolean) => tagged(0x01, Buffer.from([value ? 0xff : 0])),
  bits: (bytes: Buffer, unused = 0) => tagged(0x03, Buffer.from([unused]), bytes),
  octets: (...parts: Buffer[]) => tagged(0x04, ...parts),
  text: (text: string) => tagged(0x0c, Buffer.from(text)),
  time: (date: Date) => tagged(0x18, Buffer.from(date.toISOString().replaceAll(/[-:T]|\.\d+/g, ""))),
  /** A context-specific tag; `constructed` when it wraps other elements. */
  context: (number: number, constructed: boolean, ...parts: Buffer[]) =>
    tagged((constructed ? 0xa0 : 0x80) | number, ...parts),
  oid: (dotted: string) => tagged(0x06, oidBytes(dotted)),
};

function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** A number without sign, as short as it goes: a leading zero only where the first bit would say "negative". */
function unsigned(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const short = start < 0 ? Buffer.from([0]) : bytes.subarray(start);
  return (short[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short;
}

function oidBytes(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const number of rest) {
    const groups = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return Buffer.from(bytes);
}
