import type { Clock } from "./clock.ts";

interface Bucket {
  tokens: number;
  /** Monotonic milliseconds. */
  at: number;
}

const perAddress = { capacity: 10, refillMs: 6_000 };
const everywhere = { capacity: 300, refillMs: 200 };
const mostAddresses = 10_000;

/**
 * Slows down guessing of keys, by address and in all. It hears of wrong keys only: the right key passes however
 * many wrong ones came before it, from the same address too.
 */
export class Throttle {
  readonly #addresses = new Map<string, Bucket>();
  readonly #all: Bucket = { tokens: everywhere.capacity, at: 0 };

  constructor(private readonly clock: Clock) {}

  /** Counts one wrong key. Returns how many seconds to stay away, 0 while there is patience. */
  wrong(address: string): number {
    const now = this.clock.monotonic();
    const name = network(address);
    const bucket = this.#addresses.get(name) ?? { tokens: perAddress.capacity, at: now };
    this.#addresses.delete(name);
    this.#addresses.set(name, bucket);
    if (this.#addresses.size > mostAddresses) this.#forgetOldest();
    return Math.max(take(bucket, perAddress, now), take(this.#all, everywhere, now));
  }

  #forgetOldest(): void {
    const [oldest] = this.#addresses.keys();
    if (oldest !== undefined) this.#addresses.delete(oldest);
  }
}

function take(bucket: Bucket, { capacity, refillMs }: typeof perAddress, now: number): number {
  bucket.tokens = Math.min(capacity, bucket.tokens + (now - bucket.at) / refillMs);
  bucket.at = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return 0;
  }
  return Math.max(1, Math.ceil(((1 - bucket.tokens) * refillMs) / 1000));
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
