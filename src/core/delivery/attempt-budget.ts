import type { TargetState } from "./target-state.ts";

/** Attempts at once over all targets: the runtime makes 256 requests at a time, and others need some too. */
const allAtOnce = 192;
/** Of these, how many may go to targets that hang: whoever answers always finds a free one. */
const mostLingering = 64;

/**
 * What is left of the attempts that may run at once: an equal share for each target that has something to do, while
 * there are not too many of them.
 */
export class AttemptBudget {
  readonly #share: number;
  #free = allAtOnce;
  #forLingering = mostLingering;

  constructor(states: ReadonlySet<TargetState>) {
    this.#share = Math.max(1, Math.floor(allAtOnce / states.size));
    for (const state of states) this.take(state, state.busy);
  }

  /** How many chats it may be served at once, those included that are. */
  for(state: TargetState): number {
    const free = state.isSlow ? Math.min(this.#free, this.#forLingering) : this.#free;
    return Math.min(this.#share, state.busy + Math.max(0, free));
  }

  take(state: TargetState, count: number): void {
    this.#free -= count;
    if (state.isSlow) this.#forLingering -= count;
  }
}
