import { Gif } from "./gif.ts";
import { moving, type Shot } from "./webp.ts";

export const stickerSide = 512;
export const stickerBytes = 1_000_000;
/** As long as a sticker moves in WhatsApp. */
export const stickerSeconds = 10;

/** `long` moves for too long, `rich` is too large however coarsely it is drawn. */
export type Sticker = { webp: Uint8Array } | { not: "still" | "long" | "rich" };

/** From fine to coarse: a quality of WebP, and how long each picture stays at least. */
const manners = [
  { quality: 75, ms: 50 },
  { quality: 55, ms: 66 },
  { quality: 35, ms: 100 },
  { quality: 20, ms: 150 },
];

/** A GIF as a sticker that moves. Throws when it is damaged. */
export async function stickerOf(bytes: Uint8Array): Promise<Sticker> {
  const gif = new Gif(bytes);
  if (gif.length < 2) return { not: "still" };
  if (gif.ms > stickerSeconds * 1_000) return { not: "long" };
  for (const manner of manners) {
    const webp = await drawn(gif, manner);
    if (webp) return { webp };
  }
  return { not: "rich" };
}

/** Null as soon as it is too large. */
async function drawn(gif: Gif, { quality, ms: least }: (typeof manners)[number]): Promise<Uint8Array | null> {
  const shots: Shot[] = [];
  let size = 0;
  for (const { rgba, ms } of gif.moments()) {
    const last = shots.at(-1);
    if (last && last.ms < least) {
      last.ms += ms;
      continue;
    }
    const image = new Bun.Image(bitmap(rgba, gif.width, gif.height));
    const still = image.resize(stickerSide, stickerSide, { fit: "inside" }).webp({ quality });
    const webp = await still.bytes();
    size += webp.length;
    if (size > stickerBytes) return null;
    shots.push({ webp, width: still.width, height: still.height, ms });
  }
  const all = moving(stickerSide, shots);
  return all.length > stickerBytes ? null : all;
}

const headLength = 122;

/** The simplest file that has pixels with alpha: a bitmap with masks for its channels, the first row first. */
function bitmap(rgba: Uint8Array, width: number, height: number): Buffer {
  const head = Buffer.alloc(headLength);
  head.write("BM", "latin1");
  const longs = { 2: headLength + rgba.length, 10: headLength, 14: 108, 18: width, 30: 3, 34: rgba.length };
  for (const [at, value] of Object.entries(longs)) head.writeUInt32LE(value, Number(at));
  head.writeInt32LE(-height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(32, 28);
  for (const channel of [0, 1, 2, 3]) head.writeUInt32LE(0xff * 256 ** channel, 54 + channel * 4);
  head.write("BGRs", 70, "latin1");
  return Buffer.concat([head, rgba]);
}
