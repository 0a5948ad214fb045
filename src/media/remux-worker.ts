/// <reference lib="webworker" />
import { asMp4, playableSound } from "./remux.ts";

declare const self: DedicatedWorkerGlobalScope;

/** What the worker is sent. */
export interface RemuxTask {
  file: Blob;
  as: "film" | "sound";
}

/** Puts tracks into another container off the main thread. */
self.addEventListener("message", ({ data: { file, as } }: MessageEvent<RemuxTask>) => {
  void (as === "film" ? asMp4(file).then((bytes) => bytes && { bytes, mime: "video/mp4" }) : playableSound(file))
    .catch(() => null)
    .then((made) => self.postMessage({ made }, []));
});
