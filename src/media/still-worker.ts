/// <reference lib="webworker" />
import { onSquare } from "./picture.ts";
import { stickerSide } from "./moving-sticker.ts";

declare const self: DedicatedWorkerGlobalScope;

/** A still picture as a sticker: packing 512 by 512 pixels takes longer than others should wait. */
self.addEventListener("message", ({ data }: MessageEvent<Blob>) => {
  stillSticker(data).then(
    (made) => self.postMessage({ made }, []),
    () => self.postMessage({ made: null }, []),
  );
});

/** As wide as high, like those that move: clients stretch what is not. */
async function stillSticker(picture: Blob): Promise<Uint8Array> {
  return new Bun.Image(await onSquare(picture, stickerSide)).webp({ quality: 80 }).bytes();
}
