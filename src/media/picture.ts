import { decode, encode } from "fast-png";
import { Failure } from "../core/base/failure.ts";
import type { Facts, Converted } from "../core/ports/media.ts";
import { firstFrame, isAnimated } from "./webp.ts";

/** A few kilobytes can say that they are a picture of billions of pixels; these are not unpacked. */
const maxPixels = 50e6;
/** Pictures above this are not read at all, in bytes. */
const maxBytes = 32 * 2 ** 20;
const thumbnailSide = 100;
const portraitSide = 640;

/** Its size as it is shown, turned as its EXIF says; null when it is no picture that can be read. */
export async function pictureFacts(bytes: Blob): Promise<Facts | null> {
  if (bytes.size > maxBytes) return null;
  try {
    const data = await bytes.bytes();
    const { width, height } = await new Bun.Image(data, { maxPixels }).metadata();
    return { width, height, ...(isAnimated(data) ? { animated: true } : {}) };
  } catch {
    return null;
  }
}

/** A JPEG of at most 100 by 100 pixels; null when nothing can be drawn. */
export async function thumbnail(bytes: Blob): Promise<Uint8Array | null> {
  if (bytes.size > maxBytes) return null;
  try {
    const small = (image: Bun.Image) => image.resize(thumbnailSide, thumbnailSide, { fit: "inside" });
    return await (await onWhite(bytes, small)).jpeg({ quality: 50 }).bytes();
  } catch {
    return null;
  }
}

/** A JPEG of at most 640 by 640 pixels. Throws `invalid`. */
export async function portrait(bytes: Blob): Promise<Uint8Array> {
  const small = (image: Bun.Image) => image.resize(portraitSide, portraitSide, { fit: "inside" });
  return drawable(async () => (await onWhite(bytes, small)).jpeg({ quality: 80 }).bytes());
}

/** The picture as a JPEG. Of one that moves, its first frame. Throws `invalid`. */
export async function asJpeg({ bytes }: Converted): Promise<Converted> {
  const jpeg = await drawable(async () => (await onWhite(bytes)).jpeg({ quality: 85 }).bytes());
  return madeOf(jpeg, "image/jpeg");
}

/** A PNG with nothing that shines through; the same file when nothing does. Throws `invalid`. */
export async function asOpaque(file: Converted): Promise<Converted> {
  const flat = await drawable(async () => flattened(await opened(file.bytes).png({ compressionLevel: 0 }).bytes()));
  return flat ? madeOf(flat, "image/png") : file;
}

/** A PNG of so many pixels each way, with the picture in the middle and nothing around it. Throws `invalid`. */
export async function onSquare(bytes: Blob, side: number): Promise<Uint8Array> {
  return drawable(async () => {
    const small = opened(bytes).resize(side, side, { fit: "inside" });
    const { width, height, channels, depth, data } = decode(await small.png({ compressionLevel: 0 }).bytes());
    if (depth !== 8) throw new Error(`a PNG of ${depth} bits`);
    const [left, top] = [(side - width) >> 1, (side - height) >> 1];
    const pixels = new Uint8Array(side * side * 4);
    for (let at = 0; at < width * height; at++) {
      const to = 4 * ((top + Math.floor(at / width)) * side + left + (at % width));
      const from = at * channels;
      const isColoured = channels > 2;
      for (let channel = 0; channel < 3; channel++) pixels[to + channel] = data[from + (isColoured ? channel : 0)] ?? 0;
      pixels[to + 3] = channels % 2 === 0 ? (data[from + channels - 1] ?? 255) : 255;
    }
    return encode({ width: side, height: side, channels: 4, data: pixels });
  });
}

async function madeOf(picture: Uint8Array, mime: string): Promise<Converted> {
  const bytes = new Blob([Uint8Array.from(picture)], { type: mime });
  return { bytes, mime, facts: (await pictureFacts(bytes)) ?? {} };
}

async function drawable<T>(draw: () => Promise<T>): Promise<T> {
  try {
    return await draw();
  } catch (cause) {
    throw new Failure("invalid", "The picture is damaged or too large to be drawn.", { field: "content", cause });
  }
}

const opened = (bytes: Blob): Bun.Image => new Bun.Image(bytes, { maxPixels });

/** Bun.Image makes black of what is clear, and so a black box of a black logo. */
async function onWhite(bytes: Blob, change = (image: Bun.Image) => image): Promise<Bun.Image> {
  const data = firstFrame(await bytes.bytes());
  const image = () => change(new Bun.Image(data, { maxPixels }));
  if (isJpeg(data)) return image();
  const flat = flattened(await image().png({ compressionLevel: 0 }).bytes());
  return flat ? new Bun.Image(flat) : image();
}

const isJpeg = (data: Uint8Array): boolean => data[0] === 0xff && data[1] === 0xd8;

/** A PNG laid on white; null when nothing of it is clear. */
function flattened(png: Uint8Array): Uint8Array | null {
  const { width, height, channels, depth, data } = decode(png);
  if (channels !== 4 || depth !== 8) return null;
  const pixels = new Uint8Array(width * height * 3);
  let isClear = false;
  for (let from = 0, to = 0; from < data.length; from += 4) {
    const alpha = data[from + 3] ?? 255;
    isClear ||= alpha < 255;
    for (let channel = 0; channel < 3; channel++)
      pixels[to++] = Math.round(((data[from + channel] ?? 0) * alpha + 255 * (255 - alpha)) / 255);
  }
  return isClear ? encode({ width, height, channels: 3, data: pixels }) : null;
}
