import { expect } from "bun:test";
import type { Claim, Exchange, OwedEvent, Settlement } from "../../src/core/ports/deliveries.ts";
import type { Store } from "../../src/core/ports/store.ts";
import type { Target } from "../../src/core/model/events/targets.ts";
import { held, received } from "../store/house.ts";
import { holds, type Open } from "./grounds.ts";

const target: Target = "webhook:a";
const other: Target = "plugin:b";

/** Events that are owed to `target`, those of the chat `both` to the other too. */
async function scene(open: Open) {
  const { store, clock } = await open({
    targetsOf: ({ chat }) => (chat === "nobody" ? [] : chat === "both" ? [target, other] : [target]),
  });
  const hold = await held(store);
  const write = async (...chats: string[]) => {
    const events = chats.map((chat, at) => received(chat, `${chat} ${at}`));
    return (await store.ledger.record(hold, { events })).written;
  };
  const exchange = (ask: Partial<Exchange>) => store.deliveries.exchange({ ...nothing(clock.now()), ...ask });
  return { store, clock, write, exchange, read: reader(store) };
}

const nothing = (now: number): Exchange => ({
  settled: [],
  held: [],
  arrivals: [],
  delivered: new Map(),
  cursors: new Map(),
  opened: new Map(),
  want: new Map(),
  together: new Map(),
  probes: new Map(),
  now,
});

const reader =
  (store: Store) =>
  async (after: number, whose: Target | null = target) =>
    (await store.deliveries.read({ target: whose, after, limit: 99 })).events;

const failed = ({ place, lane, event }: OwedEvent | Claim, at: number, more: Partial<Settlement> = {}): Settlement => ({
  place,
  target,
  lane,
  attempt: 1,
  event,
  row: false,
  startedAt: 5,
  duration: 6,
  outcome: { ok: false, status: 500, error: "status 500", response: "no" },
  next: { stage: "due", at },
  ...more,
});

holds("a commit tells its places, and the log hands out in their order what is owed", async (open) => {
  const { store, write, read } = await scene(open);
  const first = await write("x", "nobody", "both");
  const second = await write("y");
  expect(second.after).toBe(first.last);
  expect(first.owed.map(({ targets }) => targets)).toEqual([[target], [target, other]]);
  const all = await read(0, null);
  expect(all.map(({ place }) => place)).toEqual([...first.owed, ...second.owed].map(({ place }) => place));
  expect(all.map(({ lane, event, source }) => [lane, event.id, source])).toEqual(
    [...first.owed, ...second.owed].map(({ lane, event, source }) => [lane, event.id, source]),
  );
  expect((await read(0, other)).map(({ event }) => event.id)).toEqual([first.owed[1]?.event.id ?? ""]);
  const { last, head } = await store.deliveries.read({ target, after: 0, limit: 1 });
  expect([last, head]).toEqual([first.owed[0]?.place ?? 0, second.last]);
});

holds("a cursor begins in front of the first event that is owed, or at the end of the log", async (open) => {
  const { store, write, exchange } = await scene(open);
  const { owed, last } = await write("nobody", "x");
  const places = async () => (await store.deliveries.cursors([target, "webhook:new"])).cursors;
  const before = await places();
  expect(before.get(target)).toBeLessThan(owed[0]?.place ?? 0);
  expect(before.get("webhook:new")).toBe(last);
  await exchange({ cursors: new Map([[target, last]]) });
  expect((await places()).get(target)).toBe(last);
});

holds(
  "what failed waits for its time with all that is behind it in its lane, and is claimed in order",
  async (open) => {
    const { write, exchange, read, clock } = await scene(open);
    const { owed, last } = await write("x", "y", "x");
    const [first, , third] = owed as [OwedEvent, OwedEvent, OwedEvent];
    const due = clock.now() + 1_000;
    const behind = { place: third.place, target, lane: third.lane, stage: "blocked" } as const;
    const asked = { settled: [failed(first, due)], held: [behind], cursors: new Map([[target, last]]) };
    expect((await exchange(asked)).open.get(target)).toBe(due);
    expect((await read(0)).map(({ place }) => place)).toEqual([owed[1]?.place ?? 0]); // what has a row is not read
    const want = new Map([[target, 9]]);
    expect((await exchange({ want })).claims).toEqual([]);
    clock.wind(1_000);
    const { claims } = await exchange({ want });
    expect(claims.map(({ place, attempt, failures }) => [place, attempt, failures])).toEqual([[first.place, 2, 1]]);
    const taken = failed(first, 0, {
      row: true,
      attempt: 2,
      outcome: { ok: true, status: 200 },
      next: { stage: "delivered" },
    });
    const after = await exchange({ settled: [taken], want });
    expect(after.claims.map(({ place, attempt }) => [place, attempt])).toEqual([[third.place, 1]]);
    const gone = failed(third, 0, { row: true, next: { stage: "dead", reason: "enough" } });
    expect((await exchange({ settled: [gone] })).open.has(target)).toBe(false);
  },
);

holds("an event that arrives behind an open row waits for it; in a free lane nothing is written", async (open) => {
  const { write, exchange, clock } = await scene(open);
  const { owed } = await write("x");
  await exchange({ settled: [failed(owed[0] as OwedEvent, clock.now() + 1_000)] });
  const more = (await write("x", "y")).owed;
  const arrivals = more.map(({ place, lane }) => ({ target, lane, places: [place] }));
  expect((await exchange({ arrivals })).blocked).toEqual([true, false]);
  const { claims } = await exchange({ probes: new Map([[target, 0]]) });
  expect(claims.map(({ place }) => place)).toEqual([owed[0]?.place ?? 0]); // before its time
});

holds("an attempt that a crash cut off is made again; a probe that failed counts for nothing", async (open) => {
  const { store, write, exchange, clock } = await scene(open);
  const { owed } = await write("x");
  const first = owed[0] as OwedEvent;
  await exchange({ held: [{ place: first.place, target, lane: first.lane, stage: "running" }] });
  expect(await store.deliveries.release(clock.now())).toBe(1);
  const want = new Map([[target, 9]]);
  const [claim] = (await exchange({ want })).claims;
  expect([claim?.attempt, claim?.failures]).toEqual([2, 0]);
  const due = clock.now() + 5_000;
  await exchange({ settled: [failed(first, due, { row: true, attempt: 2 })] });
  const [probe] = (await exchange({ probes: new Map([[target, 0]]) })).claims;
  expect(probe?.attempt).toBe(3);
  const counts = failed(first, due, { row: true, attempt: 3, next: { stage: "due", at: due, probed: true } });
  await exchange({ settled: [counts] });
  await store.deliveries.hasten(target, clock.now());
  const [again] = (await exchange({ want })).claims;
  expect([again?.attempt, again?.failures]).toEqual([3, 0]);
});

holds("what falls due too far away, by a clock that was wrong, is due now", async (open) => {
  const { store, write, exchange, clock } = await scene(open);
  const { owed } = await write("x");
  await exchange({ settled: [failed(owed[0] as OwedEvent, clock.now() + 99_000)] });
  await store.deliveries.pullIn(clock.now(), 100_000);
  const want = new Map([[target, 9]]);
  expect((await exchange({ want })).claims).toHaveLength(0);
  await store.deliveries.pullIn(clock.now(), 98_000);
  expect((await exchange({ want })).claims).toHaveLength(1);
});

holds("of a target that takes bursts the head of a lane is claimed with those behind it", async (open) => {
  const { write, exchange, clock } = await scene(open);
  const { owed } = await write("x", "x", "x", "y");
  const [first, second, third] = owed as [OwedEvent, OwedEvent, OwedEvent];
  const waits = [second, third].map(({ place, lane }) => ({ place, target, lane, stage: "blocked" as const }));
  await exchange({ settled: [failed(first, clock.now())], held: waits });
  const { claims } = await exchange({ want: new Map([[target, 9]]), together: new Map([[target, 2]]) });
  expect(claims.map(({ place, follows }) => [place, follows])).toEqual([
    [first.place, null],
    [second.place, first.place],
  ]);
});
