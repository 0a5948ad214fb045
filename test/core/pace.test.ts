import { expect, test } from "bun:test";
import { Bucket } from "../../src/core/policy/pace.ts";

test("a token bucket holds its burst at most, however long it rests", () => {
  const bucket = new Bucket({ burst: 3, perSecond: 1 }, 0);
  const taken = (now: number) => Array.from({ length: 5 }, () => bucket.take(now));
  expect(taken(0)).toEqual([0, 0, 0, 1_000, 1_000]);
  const week = 7 * 24 * 3_600_000;
  expect(bucket.left(week)).toBe(3);
  expect(taken(week)).toEqual([0, 0, 0, 1_000, 1_000]);
});
