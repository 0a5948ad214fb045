import type { Converted } from "../core/ports/media.ts";
import { isWhole, withoutMetadata } from "./metadata.ts";
import { asJpeg, asOpaque, pictureFacts } from "./picture.ts";
import { damagedPicture, needs, refusal, tooLarge } from "./refusals.ts";

/** WhatsApp's clients show pictures up to this size, in bytes; larger ones go as documents. */
const most = 16 * 2 ** 20;
const drawnHere: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp"]);
/** What phones and cameras make and not every runtime can draw. */
const names: Readonly<Record<string, string>> = { "image/heic": "HEIC", "image/avif": "AVIF", "image/tiff": "TIFF" };

/** A JPEG or PNG without what tells where it was taken, unless that is asked for. Throws `invalid`, `too_large`. */
export async function asImage(file: Converted, keepMetadata: boolean): Promise<Converted> {
  await needPicture(file, "an image", "a JPEG, PNG, WebP or GIF picture");
  const isJpeg = file.mime === "image/jpeg";
  const shown = isJpeg ? file : file.mime === "image/png" ? await asOpaque(file) : await asJpeg(file);
  if (isJpeg) await asJpeg(file); // It is drawn once, to see that it can be.
  const made = keepMetadata ? shown : await cleaned(shown);
  if (made.bytes.size > most) throw tooLarge("An image", most);
  return made;
}

async function cleaned(file: Converted): Promise<Converted> {
  const before = await file.bytes.bytes();
  const after = withoutMetadata(before);
  if (after.length === before.length) return file;
  const bytes = new Blob([Uint8Array.from(after)], { type: file.mime });
  return { ...file, bytes, facts: (await pictureFacts(bytes)) ?? file.facts };
}

/** Throws `invalid` unless the file is a picture that can be drawn whole here. */
export async function needPicture(file: Converted, what: string, takes: string): Promise<void> {
  const name = names[file.mime];
  if (!file.mime.startsWith("image/")) throw needs(what, takes, file.mime);
  if (file.facts.width === undefined) {
    if (name)
      throw refusal(
        `The picture is ${name}, which this server cannot draw: save it as JPEG or PNG first, or send it as a document.`,
      );
    throw drawnHere.has(file.mime) ? damagedPicture() : needs(what, takes, file.mime);
  }
  if (!isWhole(await file.bytes.bytes())) throw damagedPicture();
}
