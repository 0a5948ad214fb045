import { expect, test } from "bun:test";
import { passing, systemClock } from "../src/composition/system.ts";

test("the time that a machine sleeps passes too, once, and never backwards", () => {
  let awake = 5_000;
  let slept = 0;
  const monotonic = passing(
    () => awake,
    () => Math.floor((awake + slept) / 1000) + 40,
  );
  const wait = (ms: number) => {
    awake += ms;
    return monotonic();
  };
  expect(wait(20_000)).toBe(25_000);
  slept = 8 * 3_600_000;
  // It is asked every ten seconds, not at every look.
  expect(wait(1_000)).toBe(26_000);
  expect(Math.abs(wait(10_000) - (36_000 + slept))).toBeLessThanOrEqual(1_000);
  const later = wait(60_000);
  expect(Math.abs(later - (96_000 + slept))).toBeLessThanOrEqual(1_000);
  // Seconds that are counted a little late are no sleep.
  slept -= 900;
  expect(wait(10_000)).toBe(later + 10_000);
  slept += 2_000;
  expect(wait(10_000)).toBe(later + 20_000);
});

test("this machine's time passes as the wall clock says", () => {
  const [wall, passed] = [Date.now(), systemClock.monotonic()];
  while (Date.now() - wall < 30);
  expect(Math.abs(systemClock.monotonic() - passed - 30)).toBeLessThan(30);
});
