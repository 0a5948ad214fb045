/// <reference lib="webworker" />
import { stickerOf } from "./moving-sticker.ts";

declare const self: DedicatedWorkerGlobalScope;

/** Unpacks a GIF off the main thread: a hundred pictures take a second. */
self.addEventListener("message", ({ data }: MessageEvent<Uint8Array>) => {
  stickerOf(data).then(
    (made) => self.postMessage({ made }, []),
    () => self.postMessage({ made: null }, []),
  );
});
