import type { Desk } from "./desk.ts";

/** Attempts at once over all targets: the runtime makes 256 requests at a time, and others need some too. */
const allAtOnce = 192;
/** Of these, how many may go to targets that hang: whoever answers always finds a free one. */
const mostLingering = 64;

/** What is left of the attempts that may run at once: an equal share for each target, while there are not too many. */
export class Room {
  readonly #share: number;
  #free = allAtOnce;
  #forLingering = mostLingering;

  constructor(desks: ReadonlyMap<unknown, Desk>) {
    this.#share = Math.max(1, Math.floor(allAtOnce / desks.size));
    for (const desk of desks.values()) this.take(desk, desk.busy);
  }

  /** How many chats it may be served at once, those included that are. */
  for(desk: Desk): number {
    const free = desk.lingers ? Math.min(this.#free, this.#forLingering) : this.#free;
    return Math.min(this.#share, desk.busy + Math.max(0, free));
  }

  take(desk: Desk, count: number): void {
    this.#free -= count;
    if (desk.lingers) this.#forLingering -= count;
  }
}
