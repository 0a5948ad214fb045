/** A timer of the simulator; `cancel` takes it away. */
export interface SimTimer {
  cancel(): void;
}

interface Due {
  readonly at: number;
  readonly run: () => void;
}

/**
 * The simulator's own clock: it runs with the machine's, and a test may put it forward, so that what WhatsApp does after
 * fifty minutes needs no fifty minutes.
 */
export class SimulatorClock {
  #ahead = 0;
  readonly #due = new Set<Due>();
  #alarm: ReturnType<typeof setTimeout> | undefined;

  /** Unix milliseconds. */
  get now(): number {
    return Date.now() + this.#ahead;
  }

  /** Calls `run` once `ms` have passed; what nobody waits for any more does not keep a program alive. */
  after(ms: number, run: () => void): SimTimer {
    const due = { at: this.now + ms, run };
    this.#due.add(due);
    this.#wind();
    return { cancel: () => void this.#due.delete(due) };
  }

  /** Puts the clock forward. All that falls due meanwhile happens before this returns, in order. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (let next = this.#next(); next && next.at <= until; next = this.#next()) {
      this.#ahead += Math.max(0, next.at - this.now);
      this.#strike(next);
    }
    this.#ahead += Math.max(0, until - this.now);
    this.#wind();
  }

  #next(): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#due) if (!first || due.at < first.at) first = due;
    return first;
  }

  #strike(due: Due): void {
    if (this.#due.delete(due)) due.run();
  }

  // One timer of the machine stands for all; it is set anew for whatever falls due first.
  #wind(): void {
    clearTimeout(this.#alarm);
    const next = this.#next();
    if (!next) return;
    this.#alarm = setTimeout(() => this.#ring(), Math.min(Math.max(0, next.at - this.now), 0x7fffffff));
    this.#alarm.unref();
  }

  #ring(): void {
    for (let next = this.#next(); next && next.at <= this.now; next = this.#next()) this.#strike(next);
    this.#wind();
  }
}
