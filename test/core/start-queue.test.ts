import { expect, test } from "bun:test";
import { breathe } from "../../src/core/base/breathe.ts";
import { StartQueue, startsAtOnce } from "../../src/core/device/start-queue.ts";
import { HandClock } from "../clock.ts";

test("the first devices dial at once, and another whenever one has come further", async () => {
  const queue = new StartQueue(new HandClock());
  const dials: PromiseWithResolvers<void>[] = [];
  const add = () =>
    queue.add(() => {
      const dial = Promise.withResolvers<void>();
      dials.push(dial);
      return dial.promise;
    });
  for (let n = 0; n < 100; n++) add();
  expect(dials).toHaveLength(startsAtOnce);
  dials[3]?.resolve();
  await breathe();
  expect(dials).toHaveLength(startsAtOnce + 1);
  // One that fails makes room as well.
  dials[7]?.reject(new Error("no line"));
  await breathe();
  expect(dials).toHaveLength(startsAtOnce + 2);
});

test("a device that hangs makes room after a while, and nobody dials after the end", async () => {
  const clock = new HandClock();
  const queue = new StartQueue(clock);
  let dialled = 0;
  const hang = () => ((dialled += 1), new Promise<void>(() => {}));
  for (let n = 0; n < startsAtOnce + 2; n++) queue.add(hang);
  clock.wind(9_999);
  await breathe();
  expect(dialled).toBe(startsAtOnce);
  queue.end();
  clock.wind(1);
  await breathe();
  expect(dialled).toBe(startsAtOnce);
  for (let n = 0; n < startsAtOnce; n++) queue.add(hang);
  await breathe();
  expect(dialled).toBe(2 * startsAtOnce);
});
