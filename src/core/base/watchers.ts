import type { Clock } from "./clock.ts";

/** Lets callers wait for a change instead of looking again and again. */
export class Watchers {
  #waiting = new Set<() => void>();
  readonly #listening = new Set<() => void>();

  /** Hears of every change, until the function that it returns is called. */
  listen(hear: () => void): () => void {
    this.#listening.add(hear);
    return () => void this.#listening.delete(hear);
  }

  notify(): void {
    for (const hear of this.#listening) hear();
    const woken = this.#waiting;
    this.#waiting = new Set();
    for (const wake of woken) wake();
  }

  /** The first answer of `look` that is not undefined, looking again after each change; undefined after `ms`. */
  async until<T>(look: () => Promise<T | undefined> | T | undefined, ms: number, clock: Clock): Promise<T | undefined> {
    const deadline = clock.monotonic() + ms;
    for (;;) {
      const changed = new Promise<void>((wake) => this.#waiting.add(wake));
      const found = await look();
      const left = deadline - clock.monotonic();
      if (found !== undefined || left <= 0) return found;
      await new Promise<void>((wake) => {
        const cancel = clock.after(left, wake);
        const stop = (): void => (cancel(), wake());
        changed.then(stop, stop);
      });
    }
  }
}
