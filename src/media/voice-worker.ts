/// <reference lib="webworker" />
import type { SoundFile } from "./decoding.ts";
import { voiceOf } from "./voice.ts";

// Decoders write to the console about damaged files; strangers send them, so the console must stay quiet.
const silent = (): void => {};
Object.assign(console, { log: silent, warn: silent, error: silent });

declare const self: DedicatedWorkerGlobalScope;

/** Decodes and encodes off the main thread: half a minute of sound takes a fifth of a second. */
self.addEventListener("message", ({ data }: MessageEvent<SoundFile>) => {
  void voiceOf(data).then(
    (made) => self.postMessage({ made }, []),
    () => self.postMessage({ made: null }, []),
  );
});
