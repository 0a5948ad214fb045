import type { Converted } from "../core/ports/media.ts";
import type { Container } from "./container.ts";
import { remuxed, spoken } from "./threads.ts";
import { codecName, needs, refusal, typeName, unplayable } from "./refusals.ts";
import { tracksOf } from "./inspect.ts";

/** Containers that phones open for their sound. */
const playedTypes: ReadonlySet<string> = new Set([
  "audio/aac",
  "audio/amr",
  "audio/flac",
  "audio/mp4",
  "audio/mpeg",
  "audio/ogg",
  "audio/ogg; codecs=opus",
  "audio/wav",
]);
/** Larger files are no voice messages, in bytes. */
const mostVoice = 32 * 2 ** 20;
const convertible = "MP3, M4A, AAC, OGG, WAV, FLAC, AMR or WebM";
const decodable = (codec: string): boolean =>
  codec.startsWith("pcm-") || ["aac", "opus", "vorbis", "mp3", "flac"].includes(codec);

/** A sound file that phones play. Opus and AAC in other containers are put into Ogg and MP4. Throws `invalid`. */
export async function asAudio(file: Converted): Promise<Converted> {
  refuseByName(file, "MP3 or M4A");
  if (!file.mime.startsWith("audio/")) throw needs("an audio", "a sound file such as MP3, M4A, OGG or WAV", file.mime);
  if (file.mime === "audio/amr") return file;
  const { audio } = await soundTracks(file);
  if (audio.codec === "alac") throw unplayable(codecName(audio.codec), "MP3 or AAC");
  const isHome = playedTypes.has(file.mime) && (audio.codec !== "opus" || file.mime.startsWith("audio/ogg"));
  if (isHome) return file;
  const made = await remuxed(file, "sound");
  if (!made) throw unplayable(`${codecName(audio.codec)} in ${file.mime}`, "MP3 or M4A");
  return made;
}

/** Any sound, that of a film too, as a voice message. Throws `invalid`. */
export async function asVoice(file: Converted): Promise<Converted> {
  refuseByName(file, convertible);
  if (!/^(audio|video)\//.test(file.mime)) throw needs("a voice message", convertible, file.mime);
  const tracks = file.mime === "audio/amr" ? null : await soundTracks(file);
  if (tracks && !decodable(tracks.audio.codec)) throw unplayable(codecName(tracks.audio.codec), "MP3, AAC or Opus");
  const made = file.bytes.size <= mostVoice ? await spoken(file, tracks) : null;
  if (!made) throw refusal("The sound is damaged, longer than 30 minutes, or larger than 32 MB.");
  return made;
}

function refuseByName({ mime }: Converted, fix: string): void {
  const name = typeName(mime);
  if (name) throw unplayable(name, fix);
}

async function soundTracks(file: Converted): Promise<Container & { audio: NonNullable<Container["audio"]> }> {
  const tracks = await tracksOf(file.bytes);
  if (tracks?.audio) return { ...tracks, audio: tracks.audio };
  throw refusal(
    tracks ? "The film has no sound: send it as a video." : "The sound is damaged or cut off: send the whole file.",
  );
}
