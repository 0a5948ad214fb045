import type { Converted } from "../core/ports/media.ts";
import { codecName, needs, refusal, tooLarge, typeName, unplayedFilm } from "./refusals.ts";
import { remuxed } from "./threads.ts";
import { tracksOf } from "./inspect.ts";

/** WhatsApp's clients show films up to this size, in bytes; larger ones go as documents. */
const most = 100 * 2 ** 20;
/** As long as WhatsApp's apps record one. */
const mostNoteSeconds = 60;
/** Codecs that browsers record and phones do not play. */
const unplayed: ReadonlySet<string> = new Set(["vp8", "vp9", "av1"]);

/** A film as an MP4. MOV and Matroska are put into one, their pictures and sound untouched. Throws `invalid`, `too_large`. */
export async function asFilm(file: Converted): Promise<Converted> {
  if (file.mime === "image/gif")
    throw refusal("WhatsApp plays MP4 only: convert this GIF to MP4 first, or send it as an image or a sticker.");
  if (file.mime.startsWith("audio/"))
    throw refusal("The file holds sound and no picture: send it as an audio or a voice message.");
  if (!file.mime.startsWith("video/")) throw needs("a video", "an MP4 film", file.mime);
  const container = typeName(file.mime);
  if (container) throw unplayedFilm(container);
  const tracks = await tracksOf(file.bytes);
  if (!tracks?.video) throw refusal("The film cannot be played: it is damaged or cut off.");
  if (unplayed.has(tracks.video.codec)) throw unplayedFilm(codecName(tracks.video.codec));
  const made = file.mime === "video/mp4" ? file : await remuxed(file, "film");
  if (!made) throw needs("a video", "an MP4 film", file.mime);
  if (made.bytes.size > most) throw tooLarge("A video", most);
  return made;
}

/** A film that is short enough for a round message. Throws `invalid`. */
export async function asVideoNote(file: Converted): Promise<Converted> {
  const made = await asFilm(file);
  if ((made.facts.seconds ?? 0) > mostNoteSeconds)
    throw refusal(`A video note takes a film of up to ${mostNoteSeconds} seconds; send it as a video.`);
  return made;
}
