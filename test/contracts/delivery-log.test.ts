import { expect } from "bun:test";
import type { Exchange, OwedEvent } from "../../src/core/ports/deliveries.ts";
import type { Target } from "../../src/core/model/events/targets.ts";
import { held, received } from "../store/house.ts";
import { holds, type Open } from "./grounds.ts";

const target: Target = "webhook:a";
const everything = {
  target,
  stages: null,
  types: null,
  devices: null,
  since: 0,
  until: Number.MAX_SAFE_INTEGER,
  before: null,
  limit: 99,
};

/** Four events: the first was taken at once, the second failed and waits, the third waits behind it, the fourth is behind the cursor. */
async function scene(open: Open) {
  const { store, clock } = await open({ targetsOf: () => [target] });
  const hold = await held(store);
  const events = ["w", "x", "x", "y"].map((chat) => ({ ...received(chat, chat), at: clock.now() }));
  const { owed } = (await store.ledger.record(hold, { events })).written;
  const [first, second, third, fourth] = owed as [OwedEvent, OwedEvent, OwedEvent, OwedEvent];
  const due = clock.now() + 5_000;
  const success = { place: first.place, startedAt: 7, duration: 8, status: 204 };
  const { place, lane, event } = second;
  const ask: Exchange = {
    settled: [
      {
        place,
        target,
        lane,
        event,
        attempt: 1,
        row: false,
        startedAt: 5,
        duration: 6,
        outcome: { ok: false, status: 500, error: "status 500", response: "no" },
        next: { stage: "due", at: due },
      },
    ],
    held: [{ place: third.place, target, lane: third.lane, stage: "blocked" }],
    arrivals: [],
    delivered: new Map([[target, [success]]]),
    cursors: new Map([[target, third.place]]),
    opened: new Map(),
    want: new Map(),
    together: new Map(),
    probes: new Map(),
    now: clock.now(),
  };
  await store.deliveries.exchange(ask);
  const stages = async (more: object = {}) =>
    (await store.deliveryLog.list({ ...everything, ...more })).map((each) => [each.event.id, each.stage]);
  const places = [first, second, third, fourth];
  return { store, clock, due, stages, places, ids: places.map((each) => each.event.id) };
}

holds("cursor, rows and the log of what went well tell how each delivery stands, newest first", async (open) => {
  const { stages, ids, places } = await scene(open);
  const [a = "", b = "", c = "", d = ""] = ids;
  expect(await stages()).toEqual([
    [d, "due"],
    [c, "blocked"],
    [b, "due"],
    [a, "delivered"],
  ]);
  expect(await stages({ stages: ["delivered"] })).toEqual([[a, "delivered"]]);
  expect(await stages({ stages: ["blocked"] })).toEqual([[c, "blocked"]]);
  expect(await stages({ limit: 2, before: places[3]?.place })).toEqual([
    [c, "blocked"],
    [b, "due"],
  ]);
  expect(await stages({ devices: ["none"] })).toEqual([]);
});

holds("one delivery has its attempts, and what it waits behind", async (open) => {
  const { store, ids, due } = await scene(open);
  const [a = "", b = "", c = ""] = ids;
  const of = (id: string) => store.deliveryLog.get(target, id);
  const tried = { number: 1, status: 204, error: null, response: null };
  expect((await of(a))?.attempts).toEqual([{ ...tried, at: 7, duration: 8 }]);
  const second = await of(b);
  expect(second?.delivery).toMatchObject({
    stage: "due",
    attempts: 1,
    dueAt: due,
    last: { status: 500, error: "status 500" },
  });
  expect(second?.attempts).toEqual([
    { number: 1, at: 5, duration: 6, status: 500, error: "status 500", response: "no" },
  ]);
  expect((await of(c))?.head).toBe(b);
  expect([await of("none"), await store.deliveryLog.get("webhook:z", a)]).toEqual([null, null]);
});

holds("figures count what waits, and how the latest attempts went", async (open) => {
  const { store, places } = await scene(open);
  const { pending, dead, recent } = await store.deliveryLog.figures(target);
  expect([pending, dead, recent.delivered, recent.failed]).toEqual([3, 0, 1, 1]);
  expect(await store.deliveryLog.recent(target)).toEqual({
    lastSuccessAt: 15,
    lastFailure: { at: 11, status: 500, error: "status 500" },
  });
  const of = await store.deliveryLog.of(places[0]?.place ?? 0);
  expect([...of].map(([name, { stage }]) => [name, stage])).toEqual([[target, "delivered"]]);
});

holds("what was delivered is made again, what is on its way is not", async (open) => {
  const { store, clock, stages, places, ids } = await scene(open);
  const again = (at: number) => store.deliveryLog.redeliver(target, places[at]?.place ?? 0, clock.now());
  expect([await again(0), await again(0), await again(1), await again(3)]).toEqual([true, false, false, false]);
  expect((await stages()).find(([id]) => id === ids[0])).toEqual([ids[0] ?? "", "due"]);
  expect((await store.deliveryLog.get(target, ids[0] ?? ""))?.attempts).toHaveLength(1);
});

holds("a range is made again by its stages and times", async (open) => {
  const { store, clock, stages } = await scene(open);
  const range = {
    target,
    tenant: "default",
    since: 0,
    until: Number.MAX_SAFE_INTEGER,
    missing: null,
    now: clock.now(),
  };
  const all = (more: object) =>
    store.deliveryLog.redeliverAll({ ...range, stages: ["delivered", "dead"], stands: () => {}, ...more });
  expect([
    await all({ until: 1 }),
    await all({ tenant: "other" }),
    await all({ stages: ["dead"] }),
    await all({}),
  ]).toEqual([0, 0, 0, 1]);
  expect(await stages({ stages: ["delivered"] })).toEqual([]);
});
