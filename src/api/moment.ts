/** ISO 8601 of milliseconds since 1970; null stays null. */
export const iso = <T extends number | null>(at: T) =>
  (at === null ? null : new Date(at).toISOString()) as T extends number ? string : null;

export { unixSeconds } from "../core/base/durations.ts";

/** Whole seconds from `now` until `until`, never below 0. */
export const secondsUntil = (until: number, now: number) => Math.max(0, Math.ceil((until - now) / 1000));
