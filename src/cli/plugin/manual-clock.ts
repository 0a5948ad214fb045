import { breathe } from "../../core/base/breathe.ts";
import type { Clock } from "../../core/base/clock.ts";

/** Real time that can be wound forward: alarms that fall due on the way ring at once, in order. */
export class ManualClock implements Clock {
  #ahead = 0;
  #alarms = new Set<{ at: number; fire: () => void; timer: Timer }>();

  now(): number {
    return Date.now() + this.#ahead;
  }

  monotonic(): number {
    return performance.now() + this.#ahead;
  }

  after(ms: number, fire: () => void): () => void {
    const alarm = {
      at: this.monotonic() + ms,
      fire: () => ring(),
      timer: setTimeout(() => ring(), Math.min(ms, 2 ** 31 - 1)),
    };
    const ring = (): void => {
      clearTimeout(alarm.timer);
      if (this.#alarms.delete(alarm)) fire();
    };
    alarm.timer.unref();
    this.#alarms.add(alarm);
    return () => {
      clearTimeout(alarm.timer);
      this.#alarms.delete(alarm);
    };
  }

  /** `between` two alarms: what the one brought about may set the next. */
  async wind(ms: number, between: () => Promise<void>): Promise<void> {
    const end = this.monotonic() + ms;
    for (;;) {
      const [next] = [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#ahead += Math.max(0, next.at - this.monotonic());
      next.fire();
      await breathe();
      await between();
    }
    this.#ahead += Math.max(0, end - this.monotonic());
  }
}
