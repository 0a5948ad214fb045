import { operator } from "../../core/access/operator.ts";
import type { Running } from "../../composition/composition.ts";
import type { Delivery } from "../../core/ports/delivery-log.ts";
import type { Store } from "../../core/ports/store.ts";

/** Milliseconds that a plugin may be at work before it is waited for no longer. */
const patience = 5_000;
/** Milliseconds between two looks at whether it still is. */
const pause = 5;

/** Knows when a bot under test has done what there was to do. */
export class IdleWait {
  constructor(
    readonly running: Running,
    readonly store: Store,
    /** Whose work is waited for. */
    readonly plugins: readonly string[],
  ) {}

  /**
   * Everything that is owed was handed over, and nobody is at work; who sleeps on a clock that nobody winds is not.
   * `retries`: what failed is handed over again first.
   */
  async quiet({ retries = false } = {}): Promise<void> {
    const until = performance.now() + patience;
    while ((await this.#isBusy(retries)) && performance.now() < until) await Bun.sleep(pause);
  }

  /** Besides, WhatsApp has what came of it. */
  async settled(): Promise<void> {
    await this.quiet();
    const device = this.running.bot.as(operator("bot")).device("default");
    const { messages } = await device.outbox.list({ limit: 500 });
    const going = messages.filter(({ state }) => state === "queued" || state === "sending");
    await Promise.all(going.map(({ id }) => device.outbox.settled(id, patience)));
  }

  /** null when it came to a `sleep`. */
  async unlessAsleep<T>(work: Promise<T>): Promise<T | null> {
    const over = work.then(
      () => true,
      () => true,
    );
    for (;;) {
      if ((await Promise.race([over, Bun.sleep(pause)])) === true) return work;
      if (this.running.plugins.pulse.asleep > 0) return null;
    }
  }

  async #isBusy(retries: boolean): Promise<boolean> {
    const owed = await Promise.all(this.plugins.map((plugin) => this.#owed(plugin)));
    const { working, asleep } = this.running.plugins.pulse;
    return working > 0 || owed.flat().filter(({ last }) => retries || last === null).length > asleep;
  }

  /** What was not handed to it yet, or not with success. */
  async #owed(plugin: string): Promise<Delivery[]> {
    const everything = { types: null, devices: null, since: 0, until: Number.MAX_SAFE_INTEGER, before: null };
    const targets = [`plugin:${plugin}`, `plugin:${plugin}/bursts`] as const;
    const owed = targets.map((target) =>
      this.store.deliveryLog.list({ ...everything, target, stages: ["due", "running"], limit: 100 }),
    );
    return (await Promise.all(owed)).flat();
  }
}
