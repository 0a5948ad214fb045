import { decodeSound, type SoundFile } from "./decoding.ts";
import { encodedOpus, opusRate } from "./opus.ts";
import { soundOf } from "./remux.ts";
import { waveformOf } from "./waveform.ts";

/** Longer ones are no voice messages, and a small file can hold days of silence. */
export const mostVoiceSeconds = 30 * 60;

export interface Voice {
  ogg: Uint8Array;
  seconds: number;
  waveform: number[];
}

/** Any sound as a voice message. Opus of one channel keeps its packets: only its waveform is read. Throws on damaged sound. */
export async function voiceOf(given: SoundFile): Promise<Voice> {
  const { samples, rate } = await decodeSound(given, mostVoiceSeconds);
  if (samples.length === 0) throw new Error("no sound");
  const sound = resampled(samples, rate);
  const ogg = (await packetsKept(given)) ?? (await encodedOpus(sound));
  return { ogg, seconds: Math.max(1, Math.round(sound.length / opusRate)), waveform: waveformOf(sound) };
}

/** What is Opus of one channel already, alone in an Ogg file; null of every other sound. */
async function packetsKept({ file, mime, tracks }: SoundFile): Promise<Uint8Array | null> {
  const audio = tracks?.audio;
  if (audio?.codec !== "opus" || audio.channels !== 1) return null;
  return mime === "audio/ogg; codecs=opus" ? file.bytes() : soundOf(file);
}

/** Straight lines between samples: enough for speech. */
function resampled(samples: Float32Array, from: number): Float32Array {
  if (from === opusRate) return samples;
  const step = from / opusRate;
  return Float32Array.from({ length: Math.floor(samples.length / step) }, (_, at) => {
    const place = at * step;
    const left = Math.floor(place);
    const here = samples[left] ?? 0;
    return here + ((samples[left + 1] ?? here) - here) * (place - left);
  });
}
