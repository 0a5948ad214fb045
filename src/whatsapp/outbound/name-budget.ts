import { day, hour } from "../../core/base/durations.ts";

/** How often in an hour a device may try a person's other name after a 463: each such try counts as reaching out. */
const mostNames = 5;

/** When a device tried new names in the last hour, or will. Outlives connections, or each of them would allow as many again. */
export class NameBudget {
  #times: number[] = [];

  /** The moment when the next name may be tried, by the monotonic clock, and takes it; null when that is too far off. */
  take(now: number): number | null {
    this.#times = this.#times.filter((at) => at > now - hour).toSorted((one, next) => one - next);
    const at = Math.max(now, (this.#times.at(-mostNames) ?? -hour) + hour);
    if (at - now >= day) return null;
    this.#times.push(at);
    return at;
  }

  /** No name was tried then. */
  giveBack(at: number): void {
    const place = this.#times.indexOf(at);
    if (place >= 0) this.#times.splice(place, 1);
  }
}
