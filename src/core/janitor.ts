import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Retention } from "./store.ts";

export interface JanitorOptions {
  retention: Retention;
  clock: Clock;
  log: Log;
  /** Milliseconds. */
  maxAge: number;
  maxBytes: number;
  /** Milliseconds; of what was said and of files. Without it they stay. */
  maxHistoryAge?: number;
}

/** How often it looks, milliseconds. */
const every = 10 * 60_000;

/** Prunes what is too old or too much, a slice at a time with a breath between them, so that nobody waits for it. */
export class Janitor {
  #cancel = (): void => {};
  #stopped = false;

  constructor(private readonly options: JanitorOptions) {}

  start(): void {
    this.#cancel = this.options.clock.after(every, () => void this.#round());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Prunes until there is nothing left to prune. Returns how many rows went. */
  async sweep(): Promise<number> {
    const { retention, clock, maxAge, maxBytes, maxHistoryAge = Infinity } = this.options;
    let removed = 0;
    for (let slice = -1; slice !== 0 && !this.#stopped; removed += slice) {
      slice = await retention.prune({ now: clock.now(), maxAge, maxBytes, maxHistoryAge });
      await new Promise((go) => setImmediate(go));
    }
    return removed;
  }

  async #round(): Promise<void> {
    try {
      const removed = await this.sweep();
      if (removed > 0) this.options.log.debug({ removed }, "old events pruned");
    } catch (error) {
      this.options.log.warn({ err: error }, "pruning failed; it is tried again later");
    }
    if (!this.#stopped) this.start();
  }
}
