/** By how much the server's clock is ahead of this machine's, milliseconds. */
let ahead = 0;

/** An answer says its second; what is less than two is the way and the rounding. */
export function hearClock(date: string | null): void {
  const difference = Date.parse(date ?? "") - Date.now();
  ahead = Math.abs(difference) < 2_000 || Number.isNaN(difference) ? 0 : difference;
}

/** Now by the server's clock, from which all its times are: milliseconds since 1970. */
export const serverNow = (): number => Date.now() + ahead;
