import { expect, test } from "bun:test";
import type { Signal } from "../../src/core/ports/connector.ts";
import { Failure } from "../../src/core/base/failure.ts";
import { Intake, type IntakePorts } from "../../src/whatsapp/inbound/intake.ts";

const lock = (until: number): Signal => ({ type: "time_lock", until });
const untils = (signals: readonly Signal[]) => signals.map((signal) => signal.type === "time_lock" && signal.until);

function intake(ports: Partial<IntakePorts>): Intake {
  const fail = (error: unknown): void => void (error instanceof Failure || expect.unreachable(String(error)));
  return new Intake({ hear: async () => {}, fail, instead: () => null, ...ports });
}

test("whoever adds waits for what was added, not for all that comes afterwards", async () => {
  let added = 0;
  const endless: Intake = intake({ hear: async () => void endless.add([lock(++added)]) });
  await endless.add([lock(0)]);
  const before = added;
  await endless.add([lock(0)]);
  expect(added).toBeGreaterThan(before);
});

test("what the log refuses for what it says costs itself and nothing else", async () => {
  const heard: unknown[] = [];
  const settled: string[] = [];
  const picky = intake({
    hear: async (signals, hashes) => {
      if (untils(signals).includes(2)) throw new TypeError("two");
      heard.push(...untils(signals));
      settled.push(...hashes);
    },
    instead: () => lock(22),
  });
  await picky.add([lock(1), lock(2), lock(3)], ["a", "b", "c"]);
  expect([heard, settled]).toEqual([
    [1, 22, 3],
    ["a", "b", "c"],
  ]);
});

test("a disk that refuses ends it: nothing more is told", async () => {
  const full = new Failure("unavailable", "The disk is full.");
  let heard = 0;
  const refused = intake({ hear: () => Promise.reject(++heard && full) });
  await expect(refused.add([lock(1)], ["a"])).rejects.toBe(full);
  await expect(refused.add([lock(2)], ["b"])).rejects.toBe(full);
  expect(heard).toBe(1);
});

test("what comes in the moment in which the batch before is through is told too", async () => {
  const turn = (): Promise<void> => new Promise((resume) => setImmediate(resume));
  for (let ticks = 0; ticks < 8; ticks++) {
    const heard: unknown[] = [];
    const through = Promise.withResolvers<void>();
    const busy = intake({
      hear: async (signals) => {
        heard.push(...untils(signals));
        through.resolve();
      },
    });
    void busy.add([lock(1)]);
    await through.promise;
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    void busy.add([lock(2)]);
    await turn();
    await turn();
    expect([ticks, heard]).toEqual([ticks, [1, 2]]);
  }
});

test("a flood is told in parts, in order, and its message with the last of them", async () => {
  const told: number[] = [];
  const heard: unknown[] = [];
  const flood = intake({
    hear: async (signals, hashes) => {
      told.push(signals.length, hashes.length);
      heard.push(...untils(signals));
    },
  });
  const signals = Array.from({ length: 120 }, (_, at) => lock(at));
  await flood.add(signals, ["a"]);
  expect([heard, told]).toEqual([untils(signals), [64, 0, 56, 1]]);
});

test("long messages are written one by one, and short ones together", async () => {
  const told: number[] = [];
  const flood = intake({ hear: async (signals) => void told.push(signals.length) });
  const text = (length: number) => ({ kind: "text", text: "a".repeat(length) });
  const message = (length: number) => ({ type: "message", message: { content: text(length) } }) as unknown as Signal;
  await flood.add([1_000_000, 1, 1, 70_000, 1_000_000, 1].map(message));
  expect(told).toEqual([1, 3, 1, 1]);
});
