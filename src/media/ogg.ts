/** Ogg pages (RFC 3533) around Opus packets (RFC 7845): the file a voice message is. */
const rate = 48_000;
const serial = 0x6d657270;

/** A mono file. `preSkip` samples at its start are the encoder's own; `samples` is the length without them. */
export function oggOpus(packets: readonly Uint8Array[], frame: number, preSkip: number, samples: number): Uint8Array {
  const pages = [page(0, 2, 0n, [head(preSkip)]), page(1, 0, 0n, [tags()])];
  const end = BigInt(preSkip + samples);
  for (let first = 0, number = 2; first < packets.length; number++) {
    const last = fitting(packets, first);
    const final = last === packets.length;
    const granule = BigInt(last * frame);
    pages.push(page(number, final ? 4 : 0, final && granule > end ? end : granule, packets.slice(first, last)));
    first = last;
  }
  return Buffer.concat(pages);
}

/** How far the packets from `first` fill one page: 255 pieces of 255 bytes, a second of sound at most. */
function fitting(packets: readonly Uint8Array[], first: number): number {
  let pieces = 0;
  let at = first;
  for (; at < packets.length && at - first < 50; at++) {
    pieces += Math.floor((packets[at]?.length ?? 0) / 255) + 1;
    if (pieces > 255) break;
  }
  return Math.max(at, first + 1);
}

function head(preSkip: number): Uint8Array {
  const bytes = Buffer.alloc(19);
  bytes.write("OpusHead", 0, "latin1");
  bytes.writeUInt8(1, 8);
  bytes.writeUInt8(1, 9); // one channel
  bytes.writeUInt16LE(preSkip, 10);
  bytes.writeUInt32LE(rate, 12);
  return bytes;
}

function tags(): Uint8Array {
  const vendor = Buffer.from("merpati");
  const bytes = Buffer.alloc(8 + 4 + vendor.length + 4);
  bytes.write("OpusTags", 0, "latin1");
  bytes.writeUInt32LE(vendor.length, 8);
  vendor.copy(bytes, 12);
  return bytes;
}

function page(number: number, flags: number, granule: bigint, packets: readonly Uint8Array[]): Uint8Array {
  const lacing = packets.flatMap(({ length }) => [
    ...Array.from({ length: Math.floor(length / 255) }, () => 255),
    length % 255,
  ]);
  const header = Buffer.alloc(27 + lacing.length);
  header.write("OggS", 0, "latin1");
  header.writeUInt8(flags, 5);
  header.writeBigInt64LE(granule, 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(number, 18);
  header.writeUInt8(lacing.length, 26);
  header.set(lacing, 27);
  const bytes = Buffer.concat([header, ...packets]);
  bytes.writeUInt32LE(checksum(bytes), 22);
  return bytes;
}

/** CRC-32 with Ogg's polynomial, unreflected. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

function checksum(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ (table[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  return crc;
}
