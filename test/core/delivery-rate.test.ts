import { expect, test } from "bun:test";
import { DeliveryRate } from "../../src/core/policy/delivery-rate.ts";

const minute = 60_000;

/** Of so many people written to a second apart, the first `delivered` have their message. True when that is poor. */
function isPoor(people: number, delivered: number, waited = 5 * minute): boolean {
  const rate = new DeliveryRate();
  const ids = Array.from({ length: people }, (_, at) => `M${at}`);
  for (const [at, id] of ids.entries()) rate.taken(`P${at}`, id, at);
  rate.delivered(ids.slice(0, delivered));
  return rate.taken("next", "M", people + waited);
}

test.each([
  [4, 0, false],
  [5, 1, true],
  [5, 2, false],
  [10, 3, true],
  [10, 4, false],
])("of %i people %i have their message", (people, delivered, poor) => {
  expect(isPoor(people, delivered)).toBe(poor);
});

test("who was written to within five minutes does not count", () => {
  expect(isPoor(10, 0, 4 * minute)).toBe(false);
});

test("only the last ten count", () => {
  expect(isPoor(30, 20)).toBe(true);
  expect(isPoor(30, 24)).toBe(false);
});

test("one person whose phone is off is one, however many messages", () => {
  const rate = new DeliveryRate();
  for (let at = 0; at < 20; at++) expect(rate.taken("ann", `M${at}`, at * minute)).toBe(false);
});
