import { Failure } from "../core/failure.ts";
import type { Made } from "../core/media.ts";
import type { Voice } from "./opus.ts";

/** Larger files are no voice messages. */
const maxBytes = 32 * 2 ** 20;
/** A hostile file may keep a decoder busy for ever. */
const limitMs = 60_000;
/** Each takes a core and some hundred megabytes. */
const mostAtOnce = 2;

let running = 0;
const waiting: (() => void)[] = [];

/** Any sound as Opus in Ogg, with the waveform that clients draw. */
export async function asVoice({ bytes, mime }: Made): Promise<Made> {
  const refusal = () =>
    new Failure("invalid", "The sound is damaged, longer than 30 minutes, or of a kind that cannot be converted.", {
      field: "content",
    });
  if (bytes.size > maxBytes) throw refusal();
  const voice = await inTurn(async () => converted(await bytes.bytes(), mime));
  if (!voice) throw refusal();
  const { ogg, seconds, waveform } = voice;
  const type = "audio/ogg; codecs=opus";
  return { bytes: new Blob([Uint8Array.from(ogg)], { type }), mime: type, facts: { seconds, waveform } };
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= mostAtOnce) await new Promise<void>((go) => waiting.push(go));
  running++;
  try {
    return await work();
  } finally {
    running--;
    waiting.shift()?.();
  }
}

/** In the compiled program every file is addressed from the root of the source. */
function workerUrl(): string {
  return new URL(Bun.isStandaloneExecutable ? "media/voice-worker.ts" : "voice-worker.ts", import.meta.url).href;
}

/** Null when the worker could not make sense of it, in time or at all. */
function converted(bytes: Uint8Array, mime: string): Promise<Voice | null> {
  const worker = new Worker(workerUrl());
  const { promise, resolve } = Promise.withResolvers<Voice | null>();
  const timer = setTimeout(() => resolve(null), limitMs);
  worker.addEventListener("message", ({ data }: MessageEvent<{ voice: Voice | null }>) => resolve(data.voice));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    resolve(null);
  });
  worker.postMessage({ bytes, mime }, []);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}
