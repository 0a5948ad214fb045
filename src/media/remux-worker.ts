/// <reference lib="webworker" />
import { asMp4, playableSound } from "./remux.ts";

declare const self: DedicatedWorkerGlobalScope;

/** What the worker is sent. */
export interface RemuxTask {
  file: Blob;
  as: "film" | "sound";
}

/** Puts tracks into another container off the main thread. */
self.addEventListener("message", ({ data }: MessageEvent<RemuxTask>) => {
  void made(data).then(
    (made) => self.postMessage({ made }, []),
    () => self.postMessage({ made: null }, []),
  );
});

async function made({ file, as }: RemuxTask): Promise<{ bytes: Uint8Array; mime: string } | null> {
  if (as === "sound") return playableSound(file);
  const bytes = await asMp4(file);
  return bytes && { bytes, mime: "video/mp4" };
}
