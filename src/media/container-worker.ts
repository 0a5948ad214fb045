/// <reference lib="webworker" />
import { containerOf } from "./container.ts";

declare const self: DedicatedWorkerGlobalScope;

/** Reads the tracks of a file off the main thread: a hostile one can hold a million boxes. */
self.addEventListener("message", ({ data }: MessageEvent<Blob>) => {
  void containerOf(data).then(
    (made) => self.postMessage({ made }, []),
    () => self.postMessage({ made: null }, []),
  );
});
