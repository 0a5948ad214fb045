/** What proto fields hold, made safe: they may be null, missing, 64 bits wide, or nonsense of a hostile sender. */
type Numeric = number | bigint | { toString(): string } | null | undefined;

/** A whole number of 0 or more; 0 for everything else. */
export function natural(value: Numeric): number {
  const number = Math.floor(Number(value?.toString() ?? 0));
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}

/** The end of the year 9999 in Unix seconds, past which no date can be written. */
const lastSecond = 253_402_300_799;

/** Unix seconds; 0 for what is no moment that can be written. */
export function moment(value: Numeric): number {
  const seconds = natural(value);
  return seconds <= lastSecond ? seconds : 0;
}

/** As `natural`, but undefined for 0, which is what an unset field holds. */
export const some = (value: Numeric): number | undefined => natural(value) || undefined;

/** A finite number within the bounds; 0 for everything else. */
export function bounded(value: number | null | undefined, least: number, most: number): number {
  return typeof value === "number" && value >= least && value <= most ? value : 0;
}

/** Bytes as hex; empty when there are none. */
export const hex = (bytes: Uint8Array | null | undefined): string => (bytes ? Buffer.from(bytes).toString("hex") : "");

/** Only the fields that say something: null, undefined and "" go. */
export function only<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== ""),
  ) as { [K in keyof T]?: NonNullable<T[K]> };
}
