import { decoder as amr } from "@audio/decode-amr";
import { decoder as flac } from "@audio/decode-flac";
import { decoder as mp3 } from "@audio/decode-mp3";
import { decoder as opus } from "@audio/decode-opus";
import { decoder as vorbis } from "@audio/decode-vorbis";
import { decoder as wav } from "@audio/decode-wav";
import { Application, createEncoder } from "libopus-wasm";
import { decodeAac } from "./aac.ts";
import { decoded, type Sound } from "./decoding.ts";
import { oggOpus } from "./ogg.ts";
import { asOgg } from "./remux.ts";
import type { VoiceType } from "./voice.ts";
import { waveformOf } from "./waveform.ts";

const rate = 48_000;
/** 20 ms, as WhatsApp's own clients record. */
const frame = 960;
const bitrate = 32_000;
/** Longer ones are no voice messages, and a small file can hold days of silence. */
const mostSeconds = 30 * 60;

type Decode = (bytes: Uint8Array) => Promise<Sound>;

const by =
  (make: Parameters<typeof decoded>[0]): Decode =>
  (bytes) =>
    decoded(make, bytes, mostSeconds);
const byFfmpeg: Decode = (bytes) => decodeAac(bytes, mostSeconds + 1);

const decoders: Record<VoiceType, Decode> = {
  "audio/mpeg": by(mp3),
  "audio/wav": by(wav),
  "audio/flac": by(flac),
  "audio/ogg; codecs=opus": by(opus),
  "audio/ogg": by(vorbis),
  "audio/amr": by(amr),
  "audio/aac": byFfmpeg,
  "audio/mp4": byFfmpeg,
  "video/mp4": byFfmpeg,
  "video/quicktime": byFfmpeg,
  "video/webm": () => Promise.reject(new Error("no codec that Ogg holds")),
};

/** Files that may hold Opus, beside other codecs. */
const containers: ReadonlySet<VoiceType> = new Set(["audio/mp4", "video/mp4", "video/quicktime", "video/webm"]);

export interface Voice {
  ogg: Uint8Array;
  seconds: number;
  waveform: number[];
}

/** Any sound as a voice message. What is Opus stays as it is: only its waveform is read. Throws on damaged sound. */
export async function voiceOf(bytes: Uint8Array, mime: VoiceType): Promise<Voice> {
  const held = containers.has(mime) ? await asOgg(bytes) : null;
  if (held) return voiceOf(held.ogg, held.codec === "opus" ? "audio/ogg; codecs=opus" : "audio/ogg");
  const { channelData, sampleRate } = await decoders[mime](bytes);
  const [sound = new Float32Array()] = channelData;
  if (sound.length === 0 || sound.length / sampleRate > mostSeconds) throw new Error("no sound, or too much of it");
  const mono = resampled(sound, sampleRate);
  const ogg = mime === "audio/ogg; codecs=opus" ? bytes : await encoded(mono);
  return { ogg, seconds: Math.max(1, Math.round(mono.length / rate)), waveform: waveformOf(mono) };
}

/** Straight lines between samples: enough for speech. */
function resampled(samples: Float32Array, from: number): Float32Array {
  if (from === rate) return samples;
  const step = from / rate;
  return Float32Array.from({ length: Math.floor(samples.length / step) }, (_, at) => {
    const place = at * step;
    const left = Math.floor(place);
    const here = samples[left] ?? 0;
    return here + ((samples[left + 1] ?? here) - here) * (place - left);
  });
}

async function encoded(samples: Float32Array): Promise<Uint8Array> {
  const encoder = await createEncoder({ channels: 1, sampleRate: rate, application: Application.Voip, bitrate });
  try {
    const preSkip = encoder.getLookahead();
    const count = Math.ceil((samples.length + preSkip) / frame);
    const packets = Array.from({ length: count }, (_, at) => {
      const pcm = new Float32Array(frame);
      pcm.set(samples.subarray(at * frame, (at + 1) * frame));
      return encoder.encodeFloat(pcm).slice();
    });
    return oggOpus(packets, frame, preSkip, samples.length);
  } finally {
    encoder.free();
  }
}
