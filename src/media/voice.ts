import { Failure } from "../core/base/failure.ts";
import type { Made } from "../core/ports/media.ts";
import type { Voice } from "./opus.ts";
import { inWorkshop } from "./workshop.ts";

/** Larger files are no voice messages. */
const maxBytes = 32 * 2 ** 20;

/** What becomes a voice message: sounds, and the sound of films, in which browsers and some phones record. */
export const voiceTypes = [
  "audio/mpeg",
  "audio/wav",
  "audio/flac",
  "audio/ogg; codecs=opus",
  "audio/ogg",
  "audio/amr",
  "audio/aac",
  "audio/mp4",
  "video/mp4",
  "video/quicktime",
  "video/webm",
] as const;
export type VoiceType = (typeof voiceTypes)[number];

/** What the worker is sent. */
export interface VoiceTask {
  bytes: Uint8Array;
  mime: VoiceType;
}

/** The type as one of those; null of every other file. */
export const voiceTypeOf = ({ mime }: Made): VoiceType | null => voiceTypes.find((type) => type === mime) ?? null;

/** Any sound as Opus in Ogg, with the waveform that clients draw. */
export async function asVoice({ bytes }: Made, mime: VoiceType): Promise<Made> {
  const isFit = bytes.size <= maxBytes;
  const voice = isFit
    ? await inWorkshop<VoiceTask, Voice>("voice-worker.ts", { bytes: await bytes.bytes(), mime })
    : null;
  if (!voice)
    throw new Failure(
      "invalid",
      "The sound is damaged, longer than 30 minutes, or of a kind that cannot be converted.",
      {
        field: "content",
      },
    );
  const { ogg, seconds, waveform } = voice;
  const type = "audio/ogg; codecs=opus";
  return { bytes: new Blob([Uint8Array.from(ogg)], { type }), mime: type, facts: { seconds, waveform } };
}
