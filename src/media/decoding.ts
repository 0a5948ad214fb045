import { decoder as amrDecoder } from "@audio/decode-amr";
import { getAudioDecoder } from "@humansignal/audio-file-decoder";
import wasm from "@humansignal/audio-file-decoder/decode-audio.wasm" with { type: "file" };
import type { Container } from "./container.ts";
import { mono, type Sound } from "./mix.ts";
import { soundOf } from "./remux.ts";

/** FFmpeg's Ogg reader loses packets of a page that holds many, so each packet gets a page of its own. */
const pageSeconds = 0.001;
/** AMR is read in pieces of this many bytes, so that hours of silence in a small file are given up early. */
const pieceLength = 4_096;

/** A sound or film file, and what its tracks show. */
export interface SoundFile {
  file: Blob;
  mime: string;
  /** Null of AMR, which is no container. */
  tracks: Pick<Container, "audio" | "seconds"> | null;
}

/**
 * The samples of any sound or film file, its channels mixed to one. Throws when no decoder reads it and when it is
 * longer than `mostSeconds`.
 */
export async function decodeSound({ file, mime, tracks }: SoundFile, mostSeconds: number): Promise<Sound> {
  if (mime === "audio/amr") return decodedAmr(await file.bytes(), mostSeconds);
  if (!tracks?.audio || tracks.seconds > mostSeconds) throw new Error("no sound, or too much of it");
  const bare = await soundOf(file, pageSeconds);
  if (!bare) throw new Error(`no decoder for ${tracks.audio.codec}`);
  return decodedByFfmpeg(bare, mostSeconds);
}

async function decodedByFfmpeg(bytes: Uint8Array, mostSeconds: number): Promise<Sound> {
  const program = Buffer.from(await Bun.file(wasm).bytes()).toString("base64");
  const decoder = await getAudioDecoder(`data:application/wasm;base64,${program}`, Uint8Array.from(bytes).buffer);
  try {
    const { channelCount, sampleRate } = decoder;
    const interleaved = decoder.decodeAudioData(0, mostSeconds + 1, { multiChannel: true });
    return { samples: mono(interleaved, channelCount), rate: sampleRate };
  } finally {
    decoder.dispose();
  }
}

async function decodedAmr(bytes: Uint8Array, mostSeconds: number): Promise<Sound> {
  const decoder = await amrDecoder();
  try {
    const parts: Float32Array[] = [];
    let [length, rate] = [0, 8_000];
    for (let at = 0; at < bytes.length; at += pieceLength) {
      const { channelData, sampleRate } = decoder.decode(bytes.subarray(at, at + pieceLength));
      const [part = new Float32Array()] = channelData;
      rate = sampleRate || rate;
      length += part.length;
      if (length > mostSeconds * rate) throw new Error("too much sound");
      parts.push(part);
    }
    return { samples: joined(parts, length), rate };
  } finally {
    decoder.free();
  }
}

function joined(parts: readonly Float32Array[], length: number): Float32Array {
  const whole = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
