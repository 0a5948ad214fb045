import { endPrograms } from "./programs.ts";
import { beat, type FromWorker, type Problem, type ToWorker } from "../contract/protocol.ts";

/** Whoever lives in a thread at the moment. */
export interface ThreadClient {
  hear(message: FromWorker): void;
  /** The thread is gone by itself; `error` is what the runtime said, null when it just ended. */
  exited(error: string | null): void;
}

/** What a version left behind when its thread was emptied. */
export interface Emptied {
  /** Nothing that the next version could notice. */
  clean: boolean;
  /** What its `closing` threw. */
  problem: Problem | null;
}

/** A worker in which the versions of one plugin file live, one after the other. */
export class Thread {
  /** The beat, see protocol.ts. */
  readonly words = new Int32Array(new SharedArrayBuffer(beat.bytes));
  /** How many versions lived here before. */
  uses = 0;
  #worker: Worker;
  #client: ThreadClient | null = null;
  #gone = false;
  #closed = Promise.withResolvers<void>();
  #emptied: ((left: Emptied) => void) | null = null;

  constructor(
    readonly file: string,
    /** The folder whose files may appear in stack traces. */
    root: string,
  ) {
    this.#worker = new Worker(workerUrl(), { name: file, env: bareEnvironment() });
    // Bun's Worker has it, the DOM's type has not.
    (this.#worker as unknown as { unref(): void }).unref();
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#hear(data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fall(event.message);
    });
    this.#worker.addEventListener("close", () => {
      this.#closed.resolve();
      this.#fall(null);
    });
    this.post({ type: "begin", root, beat: this.words.buffer });
  }

  occupy(client: ThreadClient): void {
    this.#client = client;
  }

  post(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
    if (!this.#gone) this.#worker.postMessage(message);
  }

  /**
   * Closes everything the version opened; `closing`: it is asked first. null when that was not done in `ms`; who calls
   * ends the thread then.
   */
  async empty(ms: number, how: { closing: boolean }): Promise<Emptied | null> {
    if (this.#gone) return null;
    const { promise, resolve } = Promise.withResolvers<Emptied | null>();
    const timer = setTimeout(() => resolve(null), ms);
    this.#emptied = resolve;
    this.post({ type: "empty", ...how });
    const left = await Promise.race([promise, this.#closed.promise.then(() => null)]);
    clearTimeout(timer);
    this.#emptied = null;
    if (left) this.#leave();
    return left;
  }

  /** Ends it, whatever it is at, and the programs that it started: they would outlive it. */
  async end(): Promise<void> {
    this.#client = null;
    // While it lives: afterwards its number may be another's.
    if (!this.#gone) endPrograms(Atomics.load(this.words, beat.thread));
    this.#gone = true;
    this.#worker.terminate();
    await this.#closed.promise;
  }

  #leave(): void {
    this.#client = null;
    this.uses += 1;
  }

  #hear(message: FromWorker): void {
    if (message.type === "emptied") this.#emptied?.(message);
    else this.#client?.hear(message);
  }

  #fall(error: string | null): void {
    this.#gone = true;
    const client = this.#client;
    this.#client = null;
    client?.exited(error);
  }
}

/** Compiled, the worker is an entry of its own beside main. */
function workerUrl(): string {
  return new URL(Bun.isStandaloneExecutable ? "plugins/worker/worker.ts" : "../worker/worker.ts", import.meta.url).href;
}

/** A plugin's settings come through its config; the bot's keys are not for its eyes. */
function bareEnvironment(): Record<string, string> {
  return Object.fromEntries(["TZ", "LANG"].flatMap((name) => (Bun.env[name] ? [[name, Bun.env[name]]] : [])));
}
