import { expect, test } from "bun:test";
import { type CpuUsage, fairly, Stillness } from "../../src/plugins/thread/stillness.ts";

/** Looks until it is blamed; how many looks that took, at most 100. */
function looks(elapsed: number, account: CpuUsage = () => null): number {
  const stillness = new Stillness(200, 1200, account);
  stillness.look(1, elapsed, 7);
  for (let look = 1; look < 100; look++) if (stillness.look(1, elapsed, 7) > 0) return look;
  return 100;
}

test("six looks on time without a turn are too many; a turn forgets them", () => {
  expect(looks(200)).toBe(6);
  const stillness = new Stillness(200, 1200, () => null);
  for (let turn = 1; turn < 50; turn++) expect(stillness.look(Math.floor(turn / 5), 200, 0)).toBe(0);
});

test("where the host is late itself a look counts less, and in the end it counts", () => {
  expect([200, 290, 400, 2000].map((elapsed) => fairly(200, elapsed))).toEqual([200, 200, 100, 20]);
  expect(looks(400)).toBe(12);
  expect(looks(2000)).toBe(60);
});

test("who waits for a processor is not to blame before it had its share, or for ever", () => {
  const used = (...milliseconds: number[]): CpuUsage => {
    const last = milliseconds.at(-1) ?? 0;
    return () => ({ used: milliseconds.shift() ?? last, wants: true });
  };
  // It is asked when the stillness begins, and from the sixth look on.
  expect(looks(200, used(5000, 5300))).toBe(6);
  expect(looks(200, used(5000, 5100, 5200, 5300))).toBe(8);
  expect(looks(200, used(5000))).toBe(18);
  expect(looks(200, () => ({ used: 0, wants: false }))).toBe(6);
});

test("Linux tells how much processor a thread has used", () => {
  if (process.platform !== "linux") return;
  const stillness = new Stillness(200, 1200);
  const used = () => stillness.account(process.pid)?.used ?? 0;
  const before = used();
  const until = performance.now() + 5_000;
  while (used() < before + 50 && performance.now() < until);
  expect(stillness.account(process.pid)).toMatchObject({ wants: true });
  expect(used()).toBeGreaterThanOrEqual(before + 50);
});
