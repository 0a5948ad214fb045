import type { Clock } from "../base/clock.ts";
import { Bucket, type Pace } from "../policy/pace.ts";

/** How many wrong keys are borne with: at once, and one more every six seconds; and from everywhere together. */
const perAddress: Pace = { burst: 10, perSecond: 1 / 6 };
const everywhere: Pace = { burst: 300, perSecond: 5 };
const mostAddresses = 10_000;

/** Slows down guessing of keys, by address and in all. It hears of wrong keys only. */
export class Throttle {
  readonly #addresses = new Map<string, Bucket>();
  readonly #all: Bucket;

  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#all = new Bucket(everywhere, clock.monotonic());
  }

  /** Counts one wrong key. Returns how many seconds to stay away, 0 while there is patience. */
  wrong(address: string): number {
    const now = this.#clock.monotonic();
    const name = network(address);
    const bucket = this.#addresses.get(name) ?? new Bucket(perAddress, now);
    this.#addresses.delete(name);
    this.#addresses.set(name, bucket);
    if (this.#addresses.size > mostAddresses) this.#forgetOldest();
    return Math.ceil(Math.max(bucket.take(now), this.#all.take(now)) / 1000);
  }

  /** How many seconds an address has to stay away after its wrong keys; 0 while there is patience with it. */
  rest(address: string): number {
    const now = this.#clock.monotonic();
    const bucket = this.#addresses.get(network(address));
    return bucket === undefined || bucket.left(now) > 0 ? 0 : Math.ceil(1 / perAddress.perSecond);
  }

  /** Whether there is no patience with anybody. */
  get isFlooded(): boolean {
    return this.#all.left(this.#clock.monotonic()) === 0;
  }

  #forgetOldest(): void {
    const [oldest] = this.#addresses.keys();
    if (oldest !== undefined) this.#addresses.delete(oldest);
  }
}

/** Who has one IPv6 address has a /64 of them. */
function network(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail] = address.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail === undefined ? [] : tail.split(":").filter(Boolean);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].slice(0, 4).join(":");
}
