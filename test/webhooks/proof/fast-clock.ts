import type { Clock } from "../../../src/core/base/clock.ts";

/** Real time, `speed` times as fast, counted from `from` (milliseconds since 1970) in every process alike. */
export function fastClock(from: number, speed: number): Clock {
  const now = () => from + (Date.now() - from) * speed;
  const begun = performance.now();
  return {
    now,
    monotonic: () => (performance.now() - begun) * speed,
    after(ms, fire) {
      const timer = setTimeout(fire, ms / speed);
      return () => clearTimeout(timer);
    },
  };
}
