import { parseBlob } from "music-metadata";
import type { Facts, Made } from "../core/ports/media.ts";

/** Sounds above this are not looked into. */
const maxBytes = 64 * 2 ** 20;

export async function soundFacts(bytes: Blob, mime: string): Promise<Facts> {
  if (bytes.size > maxBytes) return {};
  try {
    const file = new Blob([await bytes.bytes()], { type: mime.split(";")[0] ?? mime });
    const { format } = await parseBlob(file, { duration: true, skipCovers: true });
    const seconds = Math.round(format.duration ?? 0);
    return seconds > 0 && seconds < 1e6 ? { seconds } : {};
  } catch {
    return {};
  }
}

export const isOpus = async ({ mime }: Made): Promise<boolean> => mime === "audio/ogg; codecs=opus";
