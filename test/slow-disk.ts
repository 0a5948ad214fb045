import type { Flush } from "../src/store/sqlite/wal.ts";
import { Watch } from "./watch.ts";

interface Waiting {
  go: () => void;
  fail: (error: Error) => void;
}

/** A disk that takes its time: flushes of some databases wait until they are let go, or fail. */
export class SlowDisk {
  #isSlow = (_file: string): boolean => false;
  #waiting: Waiting[] = [];
  readonly #watch = new Watch();

  readonly flush: Flush = async (_fd, file) => {
    if (!this.#isSlow(file)) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ go: resolve, fail: reject });
    this.#watch.changed();
    await promise;
  };

  /** From now on, for files whose name has this in it. */
  hold(part = ""): void {
    this.#isSlow = (file) => file.includes(part);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves once somebody waits. */
  async asked(): Promise<void> {
    await this.#watch.until(() => this.#waiting.length > 0 || undefined, "a flush");
  }

  /** The one that waits is done. */
  letOne(): void {
    this.#waiting.shift()?.go();
  }

  /** Quick again. */
  letGo(): void {
    this.#isSlow = () => false;
    for (const { go } of this.#waiting.splice(0)) go();
  }

  /** What waits fails, and everything after it succeeds: a disk that lost something. */
  breaks(): void {
    this.#isSlow = () => false;
    for (const { fail } of this.#waiting.splice(0)) fail(new Error("EIO: i/o error, fdatasync"));
  }
}
