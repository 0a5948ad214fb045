import { expect, test } from "bun:test";
import type { Clock } from "../../src/core/base/clock.ts";
import { Throttle } from "../../src/core/access/throttle.ts";

function handWound() {
  let at = 0;
  const clock: Clock = { now: () => at, monotonic: () => at, after: () => () => {} };
  return { clock, wind: (ms: number) => (at += ms) };
}

const wrongs = (throttle: Throttle, address: string, times: number) =>
  Array.from({ length: times }, () => throttle.wrong(address));

test("ten wrong keys are forgiven, then one every six seconds", () => {
  const { clock, wind } = handWound();
  const throttle = new Throttle(clock);
  expect(wrongs(throttle, "192.0.2.1", 11)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6]);
  wind(6_000);
  expect(wrongs(throttle, "192.0.2.1", 2)).toEqual([0, 6]);
});

test("another address is not held responsible", () => {
  const throttle = new Throttle(handWound().clock);
  wrongs(throttle, "192.0.2.1", 50);
  expect(throttle.wrong("192.0.2.2")).toBe(0);
});

test("the addresses of one IPv6 network are one", () => {
  const throttle = new Throttle(handWound().clock);
  wrongs(throttle, "2001:db8:1:2::1", 10);
  expect(throttle.wrong("2001:db8:1:2:aaaa::9")).toBeGreaterThan(0);
  expect(throttle.wrong("2001:db8:1:3::1")).toBe(0);
  expect(throttle.wrong("::1")).toBe(0);
});

test("many addresses together run out of patience too, and it comes back", () => {
  const { clock, wind } = handWound();
  const throttle = new Throttle(clock);
  for (let n = 0; n < 300; n++) expect(throttle.wrong(`198.51.100.${n}`)).toBe(0);
  expect(throttle.wrong("203.0.113.1")).toBe(1);
  wind(1_000);
  expect(throttle.wrong("203.0.113.2")).toBe(0);
});
