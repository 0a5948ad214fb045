import { expect, test } from "bun:test";
import { Slices } from "../../src/core/base/slices.ts";

/** Holds the event loop for longer than a slice. */
function work(): void {
  const until = performance.now() + 3;
  while (performance.now() < until);
}

test("long work of one owner waits behind itself, and lets others in after each slice", async () => {
  const slices = new Slices();
  const order: string[] = [];
  const long = (owner: string, steps: number) => {
    let left = steps;
    return slices.run(owner, () => {
      work();
      order.push(owner);
      left -= 1;
      return left === 0 ? "done" : "more";
    });
  };
  let turns = 0;
  const turn = (): void => void setImmediate(() => ((turns += 1), order.length < 13 && turn()));
  turn();
  await Promise.all([...Array.from({ length: 4 }, () => long("hostile", 3)), long("calm", 1)]);
  expect(order.indexOf("calm")).toBe(1);
  expect(order).toHaveLength(13);
  // In one turn of the loop one slice runs, whoever has work.
  expect(turns).toBeGreaterThanOrEqual(12);
});

test("work that fails tells its owner, and holds up nobody", async () => {
  const slices = new Slices();
  const fails = slices.run("one", () => {
    throw new Error("no");
  });
  const next = slices.run("one", () => "done");
  expect(fails).rejects.toThrow("no");
  await next;
});
