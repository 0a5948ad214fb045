/** How fast a device sends: so many a second, and so many at once after a pause. */
export interface Pace {
  perSecond: number;
  burst: number;
}

/** A token bucket over a monotonic clock. */
export class Bucket {
  #tokens: number;
  #at: number;

  readonly #pace: Pace | null;

  constructor(pace: Pace | null, now: number) {
    this.#pace = pace;
    this.#tokens = pace?.burst ?? 0;
    this.#at = now;
  }

  /** How many `take` would let pass now. */
  left(now: number): number {
    if (!this.#pace) return Infinity;
    this.#fill(this.#pace, now);
    return Math.floor(this.#tokens);
  }

  /** Takes a token and returns 0, or returns the milliseconds until there is one. Without a pace always 0. */
  take(now: number): number {
    if (!this.#pace) return 0;
    this.#fill(this.#pace, now);
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / this.#pace.perSecond) * 1000);
    this.#tokens -= 1;
    return 0;
  }

  #fill({ burst, perSecond }: Pace, now: number): void {
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
  }
}
