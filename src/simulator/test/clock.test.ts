import { expect, test } from "bun:test";
import { SimulatorClock } from "../base/clock.ts";

test("what falls due happens in its order, however far the clock is put forward", () => {
  const clock = new SimulatorClock();
  const happened: string[] = [];
  const start = clock.now;
  clock.after(2_000, () => happened.push(`second at ${Math.round((clock.now - start) / 1_000)}`));
  clock.after(1_000, () => {
    happened.push("first");
    clock.after(500, () => happened.push("between"));
  });
  const never = clock.after(1_500, () => happened.push("never"));
  never.cancel();
  clock.after(60_000, () => happened.push("later"));
  clock.advance(3_000);
  expect(happened).toEqual(["first", "between", "second at 2"]);
  expect(clock.now - start).toBeGreaterThanOrEqual(3_000);
});

test("without help it runs with the machine's", async () => {
  const clock = new SimulatorClock();
  const rang = new Promise<void>((resolve) => void clock.after(1, resolve));
  const held = setTimeout(() => {}, 5_000); // the simulator's own timers keep no program alive
  await rang;
  clearTimeout(held);
});
