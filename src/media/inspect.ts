import type { Facts } from "../core/ports/media.ts";
import { amrSeconds } from "./amr.ts";
import type { Container } from "./container.ts";
import { pictureFacts, thumbnail } from "./picture.ts";
import { signatureOf } from "./signature.ts";
import { inspections } from "./workshop.ts";

export interface Inspected {
  mime: string;
  facts: Facts;
}

/** Sounds and films above this are not looked into, in bytes. */
const mostBytes = 256 * 2 ** 20;

/**
 * What a file shows: pictures are judged by being readable, sounds and films by their tracks. The first bytes alone
 * prove nothing, since a table can begin with `BM` and a text with `ID3`. Null when nothing can be told.
 */
export async function inspected(bytes: Blob): Promise<Inspected | null> {
  const mime = await signatureOf(bytes);
  switch (mime?.split("/")[0]) {
    case undefined:
      return null;
    case "image":
      return pictureOf(bytes, mime ?? "");
    case "audio":
    case "video":
      return soundOrFilmOf(bytes, mime ?? "");
    default:
      return { mime: mime ?? "", facts: {} };
  }
}

async function pictureOf(bytes: Blob, mime: string): Promise<Inspected | null> {
  const facts = await pictureFacts(bytes);
  // Two bytes make a BMP; a damaged picture of another kind is told as what it is, so that the refusal can say so.
  return !facts && mime === "image/bmp" ? null : { mime, facts: facts ?? {} };
}

/** Kinds that have no tracks to read here, but a signature long enough to believe. */
const byName: ReadonlySet<string> = new Set(["audio/ac3", "audio/x-ms-wma", "audio/x-ms-asf", "video/x-ms-asf"]);

async function soundOrFilmOf(bytes: Blob, mime: string): Promise<Inspected | null> {
  if (mime === "audio/amr") return { mime, facts: { seconds: amrSeconds(await bytes.bytes()) } };
  if (byName.has(mime)) return { mime, facts: {} };
  const container = await tracksOf(bytes);
  if (container) return { mime: container.mime, facts: factsOf(container) };
  // What begins like a film and has no track that can be read is a damaged one; an ID3 tag alone is no sound.
  return mime === "audio/mpeg" ? null : { mime, facts: {} };
}

/** What was read of a file that is still at hand: to judge it, to convert it and to find its cover takes one look. */
const known = new WeakMap<Blob, Promise<Container | null>>();

/** The tracks of a file, read in a thread, once; null when there are none. */
export function tracksOf(bytes: Blob): Promise<Container | null> {
  if (bytes.size > mostBytes) return Promise.resolve(null);
  const before = known.get(bytes);
  if (before) return before;
  const read = inspections.run<Blob, Container>("container-worker.ts", bytes);
  known.set(bytes, read);
  read.catch(() => known.delete(bytes));
  return read;
}

function factsOf({ video, seconds }: Container): Facts {
  const size = video && video.width > 0 && video.height > 0 ? { width: video.width, height: video.height } : {};
  const whole = Math.max(1, Math.round(seconds));
  return { ...size, ...(seconds > 0 && seconds < 1e6 ? { seconds: whole } : {}) };
}

/** A small JPEG of what the file shows: the picture itself, or the cover that a sound or film carries. */
export async function previewOf(bytes: Blob): Promise<Uint8Array | null> {
  const family = (await signatureOf(bytes))?.split("/")[0];
  if (family === "image") return thumbnail(bytes);
  if (family !== "audio" && family !== "video") return null;
  const cover = (await tracksOf(bytes))?.cover;
  return cover ? thumbnail(new Blob([Uint8Array.from(cover)])) : null;
}
