import type { Clock } from "./clock.ts";

/**
 * Milliseconds since 1970 as the wall clock said when this was called, plus the time that has truly passed since:
 * what is planned by it neither stalls nor storms when somebody sets the clock.
 */
export function monotonicWallClock(clock: Clock): () => number {
  const anchor = clock.now() - clock.monotonic();
  return () => Math.round(anchor + clock.monotonic());
}
