import type { Clock } from "../../core/base/clock.ts";
import { Bucket } from "../../core/policy/pace.ts";

/** Accounts that look people up by the hundred are banned. */
const pace = { perSecond: 10 / 60, burst: 10 };
/** Between two look-ups at that pace, milliseconds. */
export const lookUpEvery = 1_000 / pace.perSecond;

/** How many people each device may look up, by number or username. */
export class LookUpPace {
  readonly #buckets = new Map<string, Bucket>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many of so many may be asked for now, and in how many milliseconds the next. */
  take(device: string, most: number): { count: number; wait: number } {
    const now = this.#clock.monotonic();
    let bucket = this.#buckets.get(device);
    if (!bucket) this.#buckets.set(device, (bucket = new Bucket(pace, now)));
    let count = 0;
    let wait = 0;
    while (count < most && (wait = bucket.take(now)) === 0) count++;
    return { count, wait };
  }
}
