/** A picture of a moving one. */
export interface Shot {
  /** A still WebP. */
  webp: Uint8Array;
  width: number;
  height: number;
  ms: number;
}

const hasAlpha = 16;
const movesAndIsClear = 2 | hasAlpha;
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
const pixelsOf = (webp: Buffer): Buffer[] => [...chunksOf(webp, 12)].filter(isPixels).map(({ whole }) => whole);

interface Chunk {
  name: string;
  body: Buffer;
  /** With its head and filling. */
  whole: Buffer;
}

const isPixels = ({ name }: Chunk): boolean => name === "ALPH" || name === "VP8 " || name === "VP8L";

function* chunksOf(riff: Buffer, start: number): Generator<Chunk> {
  for (let at = start; at + 8 <= riff.length;) {
    const length = riff.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    const name = riff.toString("latin1", at, at + 4);
    yield { name, body: riff.subarray(at + 8, at + 8 + length), whole: riff.subarray(at, end) };
    at = end;
  }
}

/** A WebP whose header has the animation bit. */
export function isAnimated(file: Uint8Array): boolean {
  const head = Buffer.from(file.buffer, file.byteOffset, Math.min(21, file.length));
  return head.toString("latin1", 8, 16) === "WEBPVP8X" && ((head[20] ?? 0) & 2) !== 0;
}

/** The part of an ANMF chunk before its picture: place, size, length and flags. */
const frameHead = 16;

/** The first frame of a WebP that moves, as a still WebP; every other file as it is. */
export function firstFrame(file: Uint8Array): Uint8Array {
  if (!isAnimated(file)) return file;
  const webp = Buffer.from(file.buffer, file.byteOffset, file.length);
  const frame = [...chunksOf(webp, 12)].find(({ name }) => name === "ANMF")?.body;
  if (!frame) return file;
  const pixels = [...chunksOf(frame, frameHead)].filter(isPixels);
  const isClear = pixels.some(({ name }) => name === "ALPH");
  const head = isClear ? [chunk("VP8X", Buffer.from([hasAlpha, 0, 0, 0]), frame.subarray(6, 12))] : [];
  return chunk("RIFF", Buffer.from("WEBP"), ...head, ...pixels.map(({ whole }) => whole));
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
