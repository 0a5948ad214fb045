/** A hostile file can keep a decoder busy for ever. */
const convertMs = 60_000;
const readMs = 10_000;

interface Limits {
  /** Threads at the same time; each takes a core and can take some hundred megabytes. */
  atOnce: number;
  /** Milliseconds until a thread is ended. */
  ms: number;
}

/** Runs files of `src/media` in threads of their own, so many at the same time and each for so long. */
export class Workshop {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Sends the thread the task, and resolves to `made` of what it sends back. Null when it failed or took too long. */
  async run<Task, Result>(file: string, task: Task): Promise<Result | null> {
    if (this.#running >= this.#limits.atOnce) await new Promise<void>((go) => this.#waiting.push(go));
    this.#running++;
    try {
      return await inThread<Task, Result>(file, task, this.#limits.ms);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}

/** Decodes and encodes. */
export const conversions = new Workshop({ atOnce: 2, ms: convertMs });
/** Looks into files; a conversion that takes its time must not hold these up. */
export const inspections = new Workshop({ atOnce: 2, ms: readMs });

/** In the compiled program every file is addressed from the root of the source. */
const addressOf = (file: string): string =>
  new URL(Bun.isStandaloneExecutable ? `media/${file}` : file, import.meta.url).href;

function inThread<Task, Result>(file: string, task: Task, ms: number): Promise<Result | null> {
  const worker = new Worker(addressOf(file));
  const { promise, resolve } = Promise.withResolvers<Result | null>();
  const timer = setTimeout(() => resolve(null), ms);
  worker.addEventListener("message", ({ data }: MessageEvent<{ made: Result | null }>) => resolve(data.made));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    resolve(null);
  });
  worker.postMessage(task, []);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}
