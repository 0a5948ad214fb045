import decodeFlac from "@audio/decode-flac";
import decodeMp3 from "@audio/decode-mp3";
import decodeOpus from "@audio/decode-opus";
import decodeVorbis from "@audio/decode-vorbis";
import decodeWav from "@audio/decode-wav";
import { Application, createEncoder } from "libopus-wasm";
import { oggOpus } from "./ogg.ts";
import { waveformOf } from "./waveform.ts";

const rate = 48_000;
/** 20 ms, as WhatsApp's own clients record. */
const frame = 960;
const bitrate = 32_000;
/** Longer ones are no voice messages, and a small file can hold days of silence. */
const mostSeconds = 30 * 60;

interface Sound {
  channelData: Float32Array[];
  sampleRate: number;
}

const decoders: Record<string, (bytes: Uint8Array) => Promise<Sound> | Sound> = {
  "audio/mpeg": decodeMp3,
  "audio/wav": decodeWav,
  "audio/flac": decodeFlac,
  "audio/ogg; codecs=opus": decodeOpus,
  "audio/ogg": decodeVorbis,
};

export interface Voice {
  ogg: Uint8Array;
  seconds: number;
  waveform: number[];
}

/** Any sound as a voice message. An Opus file keeps its bytes: only its waveform is read. Throws on damaged sound. */
export async function voiceOf(bytes: Uint8Array, mime: string): Promise<Voice> {
  const decode = decoders[mime];
  if (!decode) throw new Error(`no decoder for ${mime}`);
  const { channelData, sampleRate } = await decode(bytes);
  const length = channelData[0]?.length ?? 0;
  if (length === 0 || length / sampleRate > mostSeconds) throw new Error("no sound, or too much of it");
  const mono = resampled(mixed(channelData), sampleRate);
  const ogg = mime === "audio/ogg; codecs=opus" ? bytes : await encoded(mono);
  return { ogg, seconds: Math.max(1, Math.round(mono.length / rate)), waveform: waveformOf(mono) };
}

function mixed(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(), ...others] = channels;
  if (others.length === 0) return first;
  return first.map((value, at) => others.reduce((sum, other) => sum + (other[at] ?? 0), value) / channels.length);
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
