import type { LaneMove, Written } from "../ports/deliveries.ts";

/** How many commits may wait for one that was made before them and is offered later. */
const mostWaiting = 1_000;

/**
 * Brings what is offered into the order of the log. Commits may be offered in another order than they were made in, and
 * one may not be offered at all: then the log is read.
 */
export class LogFollower {
  /** Up to here everything was taken. */
  seen = 0;
  #waiting = new Map<number, Written>();

  /** Whether something came that a gap separates from what was taken. */
  get hasGap(): boolean {
    return this.#waiting.size > 0;
  }

  /** What may be taken now that this has come, in order. */
  offer(written: Written): Written[] {
    if (written.last <= this.seen || this.#waiting.size >= mostWaiting) return [];
    this.#waiting.set(written.after, written);
    const next: Written[] = [];
    for (let each = this.#waiting.get(this.seen); each !== undefined; each = this.#waiting.get(this.seen)) {
      this.#waiting.delete(this.seen);
      this.seen = each.last;
      next.push(each);
    }
    return next;
  }

  /** What waits in a lane waits in another now. */
  move({ from, to }: LaneMove): void {
    for (const [after, written] of this.#waiting) {
      const owed = written.owed.map((event) => (event.lane === from ? { ...event, lane: to } : event));
      this.#waiting.set(after, { ...written, owed });
    }
  }

  /** The log was read up to here. */
  read(last: number): void {
    this.seen = Math.max(this.seen, last);
    for (const [after, { last }] of this.#waiting) if (last <= this.seen) this.#waiting.delete(after);
  }
}
