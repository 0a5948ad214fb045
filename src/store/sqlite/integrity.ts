import { existsSync, statSync } from "node:fs";
import type { Failure } from "../../core/base/failure.ts";
import { damaged } from "./damaged.ts";
import type { Disk } from "./disk.ts";

/** What is wrong with the file; null when it is whole. */
export interface Checked {
  damage: string | null;
}

/** Files of up to so many bytes are read before they are used: it takes milliseconds. */
const small = 4 << 20;

/**
 * When a database is read from end to end: at once, beside the running bot, or not at all. A log that was left beside it
 * means that nobody closed it, so the machine may have failed.
 */
export function checkOf(file: string): "now" | "beside" | "none" {
  if (statSync(file).size <= small) return "now";
  return existsSync(`${file}-wal`) ? "beside" : "none";
}

/** Reads a database in a thread of its own, and remembers that it is damaged. */
export class Integrity {
  readonly #disk: Disk;
  #worker: Worker | null = null;
  #damage: Failure | null = null;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Throws once damage was found. */
  assertWhole(): void {
    if (this.#damage) throw this.#damage;
  }

  /** Resolves when the file was found whole, needed no look, or was closed meanwhile. Throws `unavailable`. */
  async check(): Promise<void> {
    const { file, isUnchecked } = this.#disk;
    const damage = isUnchecked ? await this.#read(file) : null;
    if (damage !== null) this.#damage = damaged(file, damage, true);
    this.assertWhole();
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }

  #read(file: string): Promise<string | null> {
    const worker = (this.#worker = new Worker(workerUrl(), { ref: false }));
    return new Promise<string | null>((resolve) => {
      worker.addEventListener("message", ({ data }: MessageEvent<Checked>) => resolve(data.damage));
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        resolve(null);
      });
      worker.addEventListener("close", () => resolve(null));
      worker.postMessage(file, []);
    }).finally(() => this.close());
  }
}

/** In the compiled program every file is addressed from the root of the source. */
function workerUrl(): string {
  const file = Bun.isStandaloneExecutable ? "store/sqlite/integrity-worker.ts" : "integrity-worker.ts";
  return new URL(file, import.meta.url).href;
}
