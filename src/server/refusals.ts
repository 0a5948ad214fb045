import { dropOldest } from "../core/base/drop-oldest.ts";
import type { Clock } from "../core/base/clock.ts";
import { Failure } from "../core/base/failure.ts";
import { Bucket, type Pace } from "../core/policy/pace.ts";

/** So many refused sockets are borne with at once, and so many a second. */
const patience: Pace = { burst: 50, perSecond: 5 };
const mostAddresses = 10_000;

/** Addresses whose sockets were refused: to refuse one costs more than most calls, and its client tries again. */
export class Refusals {
  readonly #clock: Clock;
  readonly #addresses = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A socket from this address was refused. */
  note(address: string): void {
    const now = this.#clock.monotonic();
    const bucket = this.#addresses.get(address) ?? new Bucket(patience, now);
    this.#addresses.delete(address);
    this.#addresses.set(address, bucket);
    dropOldest(this.#addresses, mostAddresses);
    bucket.take(now);
  }

  /** Throws `rate_limited` for an address that was refused too often of late. */
  needPatience(address: string): void {
    const left = this.#addresses.get(address)?.left(this.#clock.monotonic());
    if (left === undefined || left > 0) return;
    throw new Failure("rate_limited", "Too many sockets were refused; wait before the next try.", { retryAfter: 1 });
  }
}
