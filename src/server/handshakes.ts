import type { Clock } from "../core/base/clock.ts";
import { Failure } from "../core/base/failure.ts";

/** So many sockets of one address, and of all together, may be open that have not shown a good key. */
const mostOfOne = 100;
const mostOfAll = 1_000;
/** Refusals wait so long, milliseconds, so many of them: a client that tries again at once would keep us busy with them. */
const waitMs = 3_000;
const mostWaiting = 2_000;

/** Sockets that are open and whose key is not known yet: nobody's budget counts them. */
export class Handshakes {
  readonly #clock: Clock;
  readonly #open = new Map<string, number>();
  #count = 0;
  #waiting = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one; what this returns ends it, once. Throws `rate_limited`. */
  begin(address: string): () => void {
    if (this.#of(address) >= mostOfOne || this.#count >= mostOfAll)
      throw new Failure("rate_limited", "Too many sockets have not shown a key yet; try again.", { retryAfter: 1 });
    this.#add(address, 1);
    let isOpen = true;
    return () => {
      if (isOpen) this.#add(address, -1);
      isOpen = false;
    };
  }

  /** Resolves when a refusal may be told. */
  async refuse(): Promise<void> {
    if (this.#waiting >= mostWaiting) return;
    this.#waiting++;
    await new Promise<void>((resolve) => this.#clock.after(waitMs, resolve));
    this.#waiting--;
  }

  #of(address: string): number {
    return this.#open.get(address) ?? 0;
  }

  #add(address: string, change: number): void {
    this.#count += change;
    const now = this.#of(address) + change;
    if (now > 0) this.#open.set(address, now);
    else this.#open.delete(address);
  }
}
