/** `frames`: pages that lie in the write-ahead log, copied or not. */
export interface Checkpointed {
  file: string;
  frames: number;
}

/**
 * Copies write-ahead logs into their databases in a thread of its own: it moves thousands of pages and waits for the
 * disk twice, on a slow card for seconds.
 */
export class Checkpoints {
  #worker: Worker | null = null;
  readonly #asked = new Map<string, (frames: number) => void>();

  /** Resolves with the pages in the log; 0 when it could not be looked at. One at a time for a file. */
  copy(file: string): Promise<number> {
    this.#worker ??= this.#start();
    this.#worker.postMessage(file, []);
    return new Promise((resolve) => this.#asked.set(file, resolve));
  }

  /** Only when none runs: see `Wal.close`. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }

  #start(): Worker {
    const worker = new Worker(workerUrl(), { ref: false });
    worker.addEventListener("message", ({ data }: MessageEvent<Checkpointed>) => {
      this.#asked.get(data.file)?.(data.frames);
      this.#asked.delete(data.file);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.close();
      for (const resolve of this.#asked.values()) resolve(0);
      this.#asked.clear();
    });
    return worker;
  }
}

/** In the compiled program every file is addressed from the root of the source. */
function workerUrl(): string {
  const file = Bun.isStandaloneExecutable ? "store/sqlite/checkpoint-worker.ts" : "checkpoint-worker.ts";
  return new URL(file, import.meta.url).href;
}
