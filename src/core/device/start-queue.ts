import type { Clock } from "../base/clock.ts";

/** Devices that dial at the same time when the bot starts. */
export const startsAtOnce = 20;
/** A device that has not come further by then makes room for another, milliseconds. */
const patienceMs = 10_000;

/**
 * The order in which devices dial when the bot starts: the first ones at once, then another whenever one is open, or has
 * ended its attempt. So the pace is the one at which WhatsApp, the line and this machine take them.
 */
export class StartQueue {
  readonly #clock: Clock;
  #free = startsAtOnce;
  readonly #waiting: (() => Promise<void>)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `dial` resolves when its device has come further than dialling. */
  add(dial: () => Promise<void>): void {
    this.#waiting.push(dial);
    this.#next();
  }

  /** Nobody else dials. */
  end(): void {
    this.#waiting.length = 0;
  }

  #next(): void {
    if (this.#free === 0) return;
    const dial = this.#waiting.shift();
    if (!dial) return;
    this.#free -= 1;
    const late = Promise.withResolvers<void>();
    const cancel = this.#clock.after(patienceMs, late.resolve);
    const done = (): void => {
      cancel();
      this.#free += 1;
      this.#next();
    };
    Promise.race([dial(), late.promise]).then(done, done);
  }
}
