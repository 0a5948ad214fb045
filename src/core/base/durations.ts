/** Milliseconds. */
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Milliseconds since 1970 as whole seconds. */
export const unixSeconds = (at: number): number => Math.floor(at / 1000);
