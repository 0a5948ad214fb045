import { expect, test } from "bun:test";
import { fuzz } from "./fuzz/fuzz.ts";

const seed = Date.now() % 1_000_000;

test(`2,000 calls by chance are answered as OpenAPI says, with the seed ${seed}`, async () => {
  const { calls, well, faults, neverWell } = await fuzz(2_000, seed);
  expect(faults).toEqual([]);
  expect(neverWell).toEqual([]);
  expect(calls).toBeGreaterThanOrEqual(2_000);
  expect(well).toBeGreaterThan(0.3 * calls);
}, 120_000);
