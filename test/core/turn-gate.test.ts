import { expect, test } from "bun:test";
import { TurnGate } from "../../src/core/base/turn-gate.ts";

test("so many pass in a turn of the event loop, in order", async () => {
  const gate = new TurnGate(5);
  const turns: number[] = [];
  let turn = 0;
  const count = (): void => void setImmediate(() => ((turn += 1), turns.length < 100 && count()));
  count();
  await Promise.all(Array.from({ length: 100 }, () => gate.pass().then(() => turns.push(turn))));
  const each = Map.groupBy(turns, (at) => at);
  expect(Math.max(...[...each.values()].map((passed) => passed.length))).toBe(5);
  expect(turns).toEqual(turns.toSorted((a, b) => a - b));
});
