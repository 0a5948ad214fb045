import { Failure } from "../core/base/failure.ts";
import type { Facts, Made } from "../core/ports/media.ts";

/** A few kilobytes can say that they are a picture of billions of pixels; these are not unpacked. */
const maxPixels = 50e6;
/** Pictures above this are not read at all. */
const maxBytes = 32 * 2 ** 20;
const thumbnailSide = 100;

/** Its size, or null when it is no picture that can be read. */
export async function pictureFacts(bytes: Blob): Promise<Facts | null> {
  if (bytes.size > maxBytes) return null;
  try {
    const { width, height } = await new Bun.Image(await bytes.bytes(), { maxPixels }).metadata();
    return { width, height, ...((await isAnimated(bytes)) ? { animated: true } : {}) };
  } catch {
    return null;
  }
}

/** A WebP whose header has the animation bit. */
async function isAnimated(bytes: Blob): Promise<boolean> {
  const head = Buffer.from(await bytes.slice(0, 21).arrayBuffer());
  return head.toString("latin1", 8, 16) === "WEBPVP8X" && ((head[20] ?? 0) & 2) !== 0;
}

export async function thumbnail(bytes: Blob): Promise<Uint8Array | null> {
  if (bytes.size > maxBytes) return null;
  try {
    const image = new Bun.Image(await bytes.bytes(), { maxPixels });
    return await image.resize(thumbnailSide, thumbnailSide, { fit: "inside" }).jpeg({ quality: 50 }).bytes();
  } catch {
    return null;
  }
}

const portraitSide = 640;

export async function portrait(bytes: Blob): Promise<Uint8Array> {
  const jpeg = await drawn(bytes, (image) =>
    image.resize(portraitSide, portraitSide, { fit: "inside" }).jpeg({ quality: 80 }).blob(),
  );
  return jpeg.bytes();
}

export async function asJpeg({ bytes }: Made): Promise<Made> {
  const blob = await drawn(bytes, (image) => image.jpeg({ quality: 85 }).blob());
  return { bytes: blob, mime: "image/jpeg", facts: (await pictureFacts(blob)) ?? {} };
}

export async function drawn(bytes: Blob, draw: (image: Bun.Image) => Promise<Blob>): Promise<Blob> {
  try {
    return await draw(new Bun.Image(await bytes.bytes(), { maxPixels }));
  } catch (cause) {
    throw new Failure("invalid", "The picture is damaged or too large to be drawn.", { field: "content", cause });
  }
}
