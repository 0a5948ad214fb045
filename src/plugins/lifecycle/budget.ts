const fatalWeight = 4;
const limit = 20;
const halfLife = 10 * 60_000;

/**
 * How much a plugin may do wrong. Each fault weighs, each success and time heal: five crashes or twenty throws on
 * end are too much.
 */
export class FaultBudget {
  #score = 0;
  #at = 0;
  #crashes = 0;

  /** True when it was one too many. */
  fault(fatal: boolean, now: number): boolean {
    this.#score = this.#score * 0.5 ** ((now - this.#at) / halfLife) + (fatal ? fatalWeight : 1);
    this.#at = now;
    if (fatal) this.#crashes += 1;
    return this.#score > limit - 1;
  }

  success(): void {
    this.#score = Math.max(0, this.#score - 1);
    if (this.#score === 0) this.#crashes = 0;
  }

  /** Milliseconds until the next start: 0.25, 1, 4, 16, 60 s. */
  backoff(): number {
    return Math.min(250 * 4 ** Math.max(0, this.#crashes - 1), 60_000);
  }
}
