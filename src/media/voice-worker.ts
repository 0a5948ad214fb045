/// <reference lib="webworker" />
import { voiceOf } from "./opus.ts";

declare const self: DedicatedWorkerGlobalScope;

/** Decodes and encodes off the main thread: half a minute of sound takes a fifth of a second. */
self.addEventListener("message", ({ data }: MessageEvent<{ bytes: Uint8Array; mime: string }>) => {
  void voiceOf(data.bytes, data.mime)
    .catch(() => null)
    .then((voice) => self.postMessage({ voice }, []));
});
