import { expect, test } from "bun:test";
import { FaultLocator } from "../../src/plugins/thread/fault-locator.ts";
import type { PluginFault } from "../../src/plugins/contract/fault.ts";
import { Jobs } from "../../src/plugins/thread/jobs.ts";
import { beat } from "../../src/plugins/contract/protocol.ts";
import { limits, PluginWatchdog } from "../../src/plugins/thread/watchdog.ts";

test("a process that grows while a loop stands still has that loop to blame, before its time is over", async () => {
  const before = limits.growth;
  limits.growth = 48 * 2 ** 20; // quick to take, so that it does not stand still for too long first
  const words = new Int32Array(new SharedArrayBuffer(beat.bytes));
  words.set([1, -1]);
  const found = Promise.withResolvers<PluginFault>();
  const watchdog = new PluginWatchdog(
    words,
    new Jobs(),
    new FaultLocator("/glutton.ts", "/"),
    (fault) => found.resolve(fault),
    () => {},
  );
  // Behind its first look, at which the loop has turned.
  const held = await new Promise<Uint8Array[]>((resolve) => setTimeout(() => resolve(growBy(limits.growth)), 300));
  expect(await found.promise).toMatchObject({
    kind: "memory",
    message: expect.stringMatching(/^stood still while the bot grew by \d+ MB$/),
  });
  watchdog.stop();
  limits.growth = before;
  held.length = 0;
});

test("nobody looks often at a worker that does nothing, until something is said to it or by it", async () => {
  const words = new Int32Array(new SharedArrayBuffer(beat.bytes));
  let asked = 0;
  const fail = (fault: PluginFault) => expect.unreachable(fault.message);
  const watchdog = new PluginWatchdog(words, new Jobs(), new FaultLocator("/idle.ts", "/"), fail, () => (asked += 1));
  const watched = () => Atomics.load(words, beat.watched) === 1;
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  // As the worker counts its turns.
  const turns = setInterval(() => Atomics.add(words, beat.turns, 1), 100);
  expect([watched(), asked]).toEqual([true, 1]);
  await until(() => !watched());
  expect(asked).toBe(1);
  watchdog.message();
  expect([watched(), asked]).toEqual([true, 2]);
  await until(() => !watched());
  // One whose loop does not turn is looked at often again.
  clearInterval(turns);
  await until(watched);
  expect(asked).toBe(3);
  watchdog.stop();
});

/** What the process gave back and still holds does not count. */
function growBy(bytes: number): Uint8Array[] {
  const goal = process.memoryUsage.rss() + bytes * 1.1;
  const held: Uint8Array[] = [];
  while (process.memoryUsage.rss() < goal) held.push(new Uint8Array(8_000_000).fill(1));
  return held;
}
