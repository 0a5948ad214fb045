/** A picture of a moving one. */
export interface Shot {
  /** A still WebP. */
  webp: Uint8Array;
  width: number;
  height: number;
  ms: number;
}

const movesAndIsClear = 2 | 16;
/** Each shot takes the place of the one before, where it is transparent too. */
const replaces = 2;

/**
 * Shots in the middle of a square as one WebP that moves for ever.
 * https://developers.google.com/speed/webp/docs/riff_container
 */
export function moving(side: number, shots: readonly Shot[]): Buffer {
  const canvas = Buffer.from([movesAndIsClear, 0, 0, 0]);
  const frames = shots.map(({ webp, width, height, ms }) => {
    // Places are told in twos.
    const place = [width, height].map((length) => uint24(Math.floor((side - length) / 4)));
    const size = [uint24(width - 1), uint24(height - 1)];
    return chunk("ANMF", ...place, ...size, uint24(ms), Buffer.from([replaces]), ...pixelsOf(Buffer.from(webp)));
  });
  const size = uint24(side - 1);
  return chunk(
    "RIFF",
    Buffer.from("WEBP"),
    chunk("VP8X", canvas, size, size),
    chunk("ANIM", Buffer.alloc(6)),
    ...frames,
  );
}

/** What a still WebP has of the picture itself. */
function pixelsOf(webp: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 12; at + 8 <= webp.length;) {
    const name = webp.toString("latin1", at, at + 4);
    const length = webp.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (name === "ALPH" || name === "VP8 " || name === "VP8L") found.push(webp.subarray(at, end));
    at = end;
  }
  return found;
}

function chunk(name: string, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const head = Buffer.alloc(8);
  head.write(name, "latin1");
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function uint24(value: number): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(value, 0, 3);
  return bytes;
}
