/// <reference lib="webworker" />
import { voiceOf } from "./opus.ts";
import type { VoiceTask } from "./voice.ts";

// Decoders complain of damaged files to whoever looks, and nobody does.
const deaf = (): void => {};
Object.assign(console, { log: deaf, warn: deaf, error: deaf });

declare const self: DedicatedWorkerGlobalScope;

/** Decodes and encodes off the main thread: half a minute of sound takes a fifth of a second. */
self.addEventListener("message", ({ data }: MessageEvent<VoiceTask>) => {
  voiceOf(data.bytes, data.mime).then(
    (made) => self.postMessage({ made }, []),
    () => self.postMessage({ made: null }, []),
  );
});
