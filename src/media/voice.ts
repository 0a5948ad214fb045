import { Failure } from "../core/failure.ts";
import type { Made } from "../core/media.ts";
import type { Voice } from "./opus.ts";
import { inWorkshop } from "./workshop.ts";

/** Larger files are no voice messages. */
const maxBytes = 32 * 2 ** 20;

/** What the worker is sent. */
export interface VoiceTask {
  bytes: Uint8Array;
  mime: string;
}

/** Any sound as Opus in Ogg, with the waveform that clients draw. */
export async function asVoice({ bytes, mime }: Made): Promise<Made> {
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
