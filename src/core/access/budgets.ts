import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import {
  type Budget,
  budgets,
  defaultLimits,
  type Limits,
  type PacedBudget,
  type PresentBudget,
  type StoredBudget,
  storedBudgets,
} from "../model/budgets.ts";
import { Bucket } from "../policy/pace.ts";
import type { Store } from "../ports/store.ts";

export interface BudgetPorts {
  store: Pick<Store, "tenants" | "usage">;
  clock: Clock;
}

/** Who is counted: a tenant, and of what comes fast each of its keys too. */
export interface Spender {
  tenant: string;
  /** The id of a key; null is the operator himself, whom no pace binds. */
  key: string | null;
}

/** What a key may still do at once. */
export interface Rate {
  /** After a pause. */
  limit: number;
  remaining: number;
  /** Seconds until all of it is there again. */
  reset: number;
}

export interface BudgetUse {
  budget: Budget;
  used: number;
  limit: number | null;
}

/** Bytes in flight of all tenants together. */
const everybody = 256 * 2 ** 20;
/** A tenant's keys together may be so much faster than one of them. */
const keysTogether = 2;
/** How long what paces somebody is remembered without him, so many of them. */
const mostBuckets = 10_000;
const seconds: Record<PacedBudget, number> = { requests_per_second: 1, sign_ins_per_minute: 60 };

/**
 * What each tenant may have of what can grow, and how much of it he has. Whoever makes something grow asks here first:
 * a tenant that is over a budget hears so, and nobody else notices.
 */
export class Budgets {
  readonly #ports: BudgetPorts;
  #limits: ReadonlyMap<string, Limits> = new Map();
  #unlinked: ReadonlySet<string> = new Set();
  readonly #present = new Map<string, number>();
  readonly #buckets = new Map<string, Bucket>();
  #inFlight = 0;

  private constructor(ports: BudgetPorts) {
    this.#ports = ports;
  }

  static async load(ports: BudgetPorts): Promise<Budgets> {
    const made = new Budgets(ports);
    await made.refresh();
    return made;
  }

  /** After the admin changed a tenant. */
  async refresh(): Promise<void> {
    const tenants = await this.#ports.store.tenants.list();
    this.#unlinked = new Set(tenants.filter(({ mediaLinks }) => !mediaLinks).map(({ id }) => id));
    this.#limits = new Map(tenants.map(({ id, limits }) => [id, { ...defaultLimits, ...limits }]));
  }

  /** Whether what this tenant is told carries links to files. */
  isLinked(tenant: string): boolean {
    return !this.#unlinked.has(tenant);
  }

  limitsOf(tenant: string): Limits {
    return this.#limits.get(tenant) ?? defaultLimits;
  }

  /** Counts one that comes fast, and tells what is left of the key's; null where there is no limit. Throws `over_budget`. */
  pace({ tenant, key }: Spender, budget: PacedBudget): Rate | null {
    const limit = this.limitsOf(tenant)[budget];
    if (limit === null || key === null) return null;
    const now = this.#ports.clock.monotonic();
    const own = this.#bucket(`${budget} ${tenant} ${key}`, limit, budget, now);
    const late = Math.max(
      own.take(now),
      this.#bucket(`${budget} ${tenant}`, limit * keysTogether, budget, now).take(now),
    );
    if (late > 0) throw over(budget, limit, late / 1000);
    return rateOf(own, limit, budget, now);
  }

  /** What is left, and nothing of it is taken; null where there is no limit. */
  left({ tenant, key }: Spender, budget: PacedBudget): Rate | null {
    const limit = this.limitsOf(tenant)[budget];
    if (limit === null || key === null) return null;
    const now = this.#ports.clock.monotonic();
    return rateOf(this.#bucket(`${budget} ${tenant} ${key}`, limit, budget, now), limit, budget, now);
  }

  /** Takes what is there for a while; it is given back by what this returns. Throws `over_budget`. */
  hold(tenant: string, budget: PresentBudget, amount: number): () => void {
    const name = `${budget} ${tenant}`;
    const used = this.#present.get(name) ?? 0;
    const limit = this.limitsOf(tenant)[budget];
    // The only one may be as large as it likes: its own limit is another.
    if (limit !== null && used > 0 && used + amount > limit) throw over(budget, limit, 1);
    const bytes = budget === "bytes_in_flight" ? amount : 0;
    if (this.#inFlight > 0 && this.#inFlight + bytes > everybody) throw over(budget, everybody, 1);
    this.#count(name, amount, bytes);
    let isHeld = true;
    return () => {
      if (isHeld) this.#count(name, -amount, -bytes);
      isHeld = false;
    };
  }

  /** Throws `over_budget` when so much more would be too much. */
  async need(tenant: string, budget: StoredBudget, amount: number): Promise<void> {
    await this.needAll(tenant, { [budget]: amount });
  }

  /** The same of several at once. */
  async needAll(tenant: string, amounts: Partial<Record<StoredBudget, number>>): Promise<void> {
    const limits = this.limitsOf(tenant);
    const bounded = storedBudgets.filter((budget) => limits[budget] !== null && amounts[budget] !== undefined);
    if (bounded.length === 0) return;
    const used = await this.#ports.store.usage.of(tenant);
    for (const budget of bounded) {
      const limit = limits[budget];
      if (limit !== null && used[budget] + (amounts[budget] ?? 0) > limit) throw over(budget, limit, 60);
    }
  }

  /** What a tenant has of each. */
  async usage(tenant: string): Promise<BudgetUse[]> {
    const stored: Partial<Record<Budget, number>> = await this.#ports.store.usage.of(tenant);
    const limits = this.limitsOf(tenant);
    return budgets.map((budget) => ({
      budget,
      used: stored[budget] ?? this.#present.get(`${budget} ${tenant}`) ?? this.#spent(budget, tenant, limits[budget]),
      limit: limits[budget],
    }));
  }

  /** Of what comes fast, how much of the present burst is used. */
  #spent(budget: Budget, tenant: string, limit: number | null): number {
    const most = (limit ?? 0) * keysTogether;
    const left = this.#buckets.get(`${budget} ${tenant} ${most}`)?.left(this.#ports.clock.monotonic());
    return left === undefined ? 0 : Math.max(0, most * burst - left);
  }

  #bucket(name: string, limit: number, budget: PacedBudget, now: number): Bucket {
    const sized = `${name} ${limit}`;
    const known = this.#buckets.get(sized);
    this.#buckets.delete(sized);
    const pace = { perSecond: limit / seconds[budget], burst: limit * burst };
    const bucket = known ?? new Bucket(pace, now);
    this.#buckets.set(sized, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > mostBuckets && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }

  #count(name: string, amount: number, bytes: number): void {
    this.#inFlight += bytes;
    const used = (this.#present.get(name) ?? 0) + amount;
    if (used > 0) this.#present.set(name, used);
    else this.#present.delete(name);
  }
}

/** So many times what goes in a second goes at once after a pause. */
const burst = 2;

function rateOf(bucket: Bucket, limit: number, budget: PacedBudget, now: number): Rate {
  const [most, remaining] = [limit * burst, bucket.left(now)];
  return { limit: most, remaining, reset: Math.ceil(((most - remaining) / limit) * seconds[budget]) };
}

function over(budget: Budget, limit: number, retryAfter: number): Failure {
  const sentence = `This tenant's budget "${budget}" is used up (${limit}); try again later, or ask the admin for more.`;
  return new Failure("over_budget", sentence, { budget, retryAfter });
}
