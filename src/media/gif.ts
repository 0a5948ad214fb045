import { GifReader } from "omggif";

/** All that is to be seen at a moment, and for how long. */
export interface Moment {
  /** Red, green, blue, alpha of every pixel. The same memory for every moment. */
  rgba: Uint8Array;
  ms: number;
}

/** A small file can say that it is a picture of billions of pixels. */
const maxPixels = 4e6;
const [toBackground, toBefore] = [2, 3];

/** A GIF picture by picture, drawn over each other as it says. */
export class Gif {
  readonly #reader: GifReader;
  readonly width: number;
  readonly height: number;

  /** Throws when it is none, damaged, or too large to be drawn. */
  constructor(bytes: Uint8Array) {
    this.#reader = new GifReader(bytes);
    this.width = this.#reader.width;
    this.height = this.#reader.height;
    if (this.width * this.height > maxPixels) throw new Error("too many pixels");
  }

  get length(): number {
    return this.#reader.numFrames();
  }

  get ms(): number {
    return Array.from({ length: this.length }, (_, at) => this.#msOf(at)).reduce((sum, ms) => sum + ms, 0);
  }

  *moments(): Generator<Moment> {
    const pixels = new Uint32Array(this.width * this.height);
    const canvas = new Uint8Array(pixels.buffer);
    for (let at = 0; at < this.length; at++) {
      const { x, y, width, height, disposal } = this.#reader.frameInfo(at);
      if (x + width > this.width || y + height > this.height) throw new Error("a picture beyond the canvas");
      const before = disposal === toBefore ? canvas.slice() : null;
      this.#reader.decodeAndBlitFrameRGBA(at, canvas);
      bleed(pixels);
      yield { rgba: canvas, ms: this.#msOf(at) };
      if (before) canvas.set(before);
      if (disposal !== toBackground) continue;
      for (let row = y; row < y + height; row++) {
        const start = (row * this.width + x) * 4;
        canvas.fill(0, start, start + width * 4);
      }
    }
  }

  /** As browsers have it: what says that it is shown for no time is shown for a tenth of a second. */
  #msOf(at: number): number {
    const { delay } = this.#reader.frameInfo(at);
    return delay < 2 ? 100 : delay * 10;
  }
}

const colour = 0xffffff;

/**
 * What is clear takes the colour of what is beside it: whoever scales the picture mixes neighbours, and black that
 * nobody sees would seam every edge.
 */
function bleed(pixels: Uint32Array): void {
  const isClear = (at: number) => (pixels[at] ?? 0) >>> 24 === 0;
  for (let start = 0, end = 0; start < pixels.length; start = end) {
    while (start < pixels.length && !isClear(start)) start++;
    for (end = start; end < pixels.length && isClear(end);) end++;
    if (end - start === pixels.length) return;
    const middle = start === 0 ? 0 : end === pixels.length ? end : (start + end) >> 1;
    pixels.fill((pixels[start - 1] ?? 0) & colour, start, middle);
    pixels.fill((pixels[end] ?? 0) & colour, middle, end);
  }
}
