import { breathe } from "./base/breathe.ts";
import type { Service } from "./base/service.ts";
import type { Clock } from "./base/clock.ts";
import type { Log } from "./base/log.ts";
import type { Lost, Policy, Retention } from "./ports/retention.ts";
import type { Target } from "./model/events/targets.ts";

/** How old and how much may stay. */
export type Keeping = Pick<Policy, "maxAge" | "maxBytes" | "maxHistoryAge" | "maxAuditAge">;

export interface JanitorOptions extends Keeping, Pick<Policy, "limitsOf"> {
  retention: Retention;
  clock: Clock;
  log: Log;
  /** The time that due deliveries go by. */
  due: () => number;
  /** Whose events do not go by age while they are owed. */
  owedTo: () => Target[];
  /** Tells what had to go though it was owed; it may be told twice. */
  tell: (lost: Lost) => Promise<void>;
  /** Called when something went: what waited behind it may be due. */
  pruned?: () => void;
}

/** How often it looks, milliseconds. */
const every = 10 * 60_000;
/** And where something is to go as soon as it is delivered. */
const soon = 60_000;

/** Prunes what is too old or too much, a slice at a time with a breath between them, so that nobody waits for it. */
export class Janitor implements Service {
  #cancel = (): void => {};
  #stopped = false;
  /** True at first: it is not known yet. */
  #isSoonDue = true;

  #options: JanitorOptions;

  constructor(options: JanitorOptions) {
    this.#options = options;
  }

  /** From the next round on this may stay. */
  keep(keeping: Keeping): void {
    this.#options = { ...this.#options, ...keeping };
  }

  start(): void {
    this.#cancel = this.#options.clock.after(this.#isSoonDue ? soon : every, () => void this.#round());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Prunes until there is nothing left to prune. Returns how many rows went. */
  async sweep(): Promise<number> {
    const { retention, pruned } = this.#options;
    let rows = 0;
    for (let more = true; more && !this.#stopped;) {
      const slice = await retention.prune(this.#policy());
      rows += slice.rows;
      more = slice.more;
      this.#isSoonDue = slice.isSoonDue ?? false;
      await breathe();
    }
    if (rows > 0) pruned?.();
    await this.#reportDropped();
    return rows;
  }

  #policy(): Policy {
    const {
      clock,
      due,
      owedTo,
      maxAge,
      maxBytes,
      maxHistoryAge = Infinity,
      maxAuditAge = Infinity,
      limitsOf,
    } = this.#options;
    // A clock that somebody sets years ahead makes nothing old.
    const now = Math.min(clock.now(), due());
    return {
      now,
      due: due(),
      maxAge,
      maxBytes,
      maxHistoryAge,
      maxAuditAge,
      owedTo: owedTo(),
      ...(limitsOf && { limitsOf }),
    };
  }

  async #reportDropped(): Promise<void> {
    for (const lost of this.#stopped ? [] : await this.#options.retention.lost()) {
      await this.#options.tell(lost);
      await this.#options.retention.told(lost);
    }
  }

  async #round(): Promise<void> {
    try {
      const removed = await this.sweep();
      if (removed > 0) this.#options.log.debug({ removed }, "old events pruned");
    } catch (error) {
      this.#options.log.warn({ err: error }, "pruning failed; it is tried again later");
    }
    if (!this.#stopped) this.start();
  }
}
