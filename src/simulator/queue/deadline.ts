import type { SimTimer, SimulatorClock } from "../base/clock.ts";
import type { SimulatorOptions } from "../base/options.ts";
import type { Stanza } from "../wire/stanza.ts";

/**
 * How long a device may leave a stanza unsettled. One timer stands for the oldest, since thousands may be out at once; a
 * stanza that was settled meanwhile is passed over when its turn comes.
 */
export class AckDeadline {
  readonly #clock: SimulatorClock;
  readonly #options: SimulatorOptions;
  readonly #overdue: (stanza: Stanza) => void;
  readonly #since = new Map<Stanza, number>();
  #timer: SimTimer | undefined;

  constructor(clock: SimulatorClock, options: SimulatorOptions, overdue: (stanza: Stanza) => void) {
    this.#clock = clock;
    this.#options = options;
    this.#overdue = overdue;
  }

  start(stanza: Stanza): void {
    if (this.#options.ackDeadlineMs === Number.POSITIVE_INFINITY) return;
    this.#since.delete(stanza); // so that the oldest stays first
    this.#since.set(stanza, this.#clock.now);
    this.#timer ??= this.#clock.after(this.#options.ackDeadlineMs, () => this.#look());
  }

  settled(stanza: Stanza): void {
    this.#since.delete(stanza);
  }

  /** The connection is another, or there is none. */
  clear(): void {
    this.#since.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    const [oldest] = this.#since;
    if (!oldest) return;
    const [stanza, since] = oldest;
    const left = since + this.#options.ackDeadlineMs - this.#clock.now;
    if (left <= 0) return this.#overdue(stanza);
    this.#timer = this.#clock.after(left, () => this.#look());
  }
}
