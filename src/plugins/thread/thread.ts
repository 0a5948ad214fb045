import { endPrograms } from "./programs.ts";
import { beat, type FromWorker, type Problem, type ToWorker } from "../contract/protocol.ts";

/** Whoever runs in a thread. */
export interface ThreadClient {
  hear(message: FromWorker): void;
  /** The thread is gone by itself; `error` is what the runtime said, null when it just ended. */
  exited(error: string | null): void;
}

/** A worker in which one version of a plugin file runs. */
export class Thread {
  /** The beat, see protocol.ts. */
  readonly words = new Int32Array(new SharedArrayBuffer(beat.bytes));
  #worker: Worker;
  #client: ThreadClient | null = null;
  #gone = false;
  #closed = Promise.withResolvers<void>();
  #versionClosed: ((problem: Problem | null) => void) | null = null;

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
   * Closes everything the version opened; `closing`: it is asked first. What its `closing` threw; null also when it was
   * not done in `ms`. Whoever calls ends the thread then.
   */
  async close(ms: number, how: { closing: boolean }): Promise<Problem | null> {
    if (this.#gone) return null;
    const { promise, resolve } = Promise.withResolvers<Problem | null>();
    const timer = setTimeout(() => resolve(null), ms);
    this.#versionClosed = resolve;
    this.post({ type: "close", ...how });
    const problem = await Promise.race([promise, this.#closed.promise.then(() => null)]);
    clearTimeout(timer);
    this.#versionClosed = null;
    return problem;
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

  #hear(message: FromWorker): void {
    if (message.type === "closed") this.#versionClosed?.(message.problem);
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
