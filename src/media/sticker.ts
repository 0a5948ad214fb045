import { Failure } from "../core/base/failure.ts";
import type { Converted } from "../core/ports/media.ts";
import { type Sticker, stickerBytes, stickerSeconds, stickerSide } from "./moving-sticker.ts";
import { pictureFacts } from "./picture.ts";
import { conversions } from "./workshop.ts";

/** A sticker is WebP, 512 pixels wide and high, under a megabyte. One that moves is made of a GIF, or passes as it is. */
export async function asSticker(file: Converted): Promise<Converted> {
  const { width, height, animated } = file.facts;
  if (animated) {
    if (width === stickerSide && height === stickerSide && file.bytes.size <= stickerBytes) return file;
    throw refusal("An animated sticker takes WebP of 512 by 512 pixels and at most 1 MB, or a GIF.");
  }
  const moving = file.mime === "image/gif" ? await movingOf(file.bytes) : null;
  const bytes = moving ?? (await stillOf(file.bytes));
  return { bytes, mime: "image/webp", facts: (await pictureFacts(bytes)) ?? {} };
}

async function stillOf(picture: Blob): Promise<Blob> {
  const made = await conversions.run<Blob, Uint8Array>("still-worker.ts", picture);
  if (!made) throw refusal("The picture is damaged or too large to be drawn.");
  return new Blob([Uint8Array.from(made)], { type: "image/webp" });
}

/** Null when the GIF stands still. */
async function movingOf(gif: Blob): Promise<Blob | null> {
  const sticker = await conversions.run<Uint8Array, Sticker>("sticker-worker.ts", await gif.bytes());
  if (!sticker) throw refusal("The GIF is damaged or too large to be drawn.");
  if ("webp" in sticker) return new Blob([Uint8Array.from(sticker.webp)], { type: "image/webp" });
  if (sticker.not === "long")
    throw refusal(`A sticker moves for up to ${stickerSeconds} seconds: shorten the GIF, or send it as a document.`);
  if (sticker.not === "rich")
    throw refusal("This GIF has more movement than a sticker of 1 MB can show: shorten it, or send it as a document.");
  return null;
}

const refusal = (text: string): Failure => new Failure("invalid", text, { field: "content" });
