import { afterEach, expect, test } from "bun:test";
import { Courier, type Deliver } from "../../src/core/delivery/courier.ts";
import type { Deliveries } from "../../src/core/ports/deliveries.ts";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import { Failure } from "../../src/core/base/failure.ts";
import type { Hold } from "../../src/core/ports/hold.ts";
import type { Store } from "../../src/core/ports/store.ts";
import type { Target } from "../../src/core/model/events/targets.ts";
import type { HandClock } from "../clock.ts";
import { silent } from "../log.ts";
import { held, house, qr, raw, received } from "../store/house.ts";

const minute = 60_000;
const couriers: Courier[] = [];
afterEach(async () => {
  for (const courier of couriers.splice(0)) await courier.stop(0);
});

interface Scene {
  store: Store;
  clock: HandClock;
  courier: Courier;
  hold: Hold;
  dir: string;
  /** Records messages `chat:text` and waits until the courier rests. */
  say: (...lines: string[]) => Promise<void>;
  /** Lets time pass and waits until the courier rests. */
  wait: (ms: number) => Promise<void>;
}

async function scene(...targets: Target[]): Promise<Scene> {
  const { store, clock, dir } = await house({ targetsOf: () => targets });
  const hold = await held(store);
  const courier = await start(store, clock);
  const say = async (...lines: string[]) => {
    const events = lines.map((line) => received(line.split(":")[0] ?? "", line));
    await store.ledger.record(hold, { events });
    courier.wake();
    await courier.idle();
  };
  const wait = async (ms: number) => {
    clock.wind(ms);
    await courier.idle();
  };
  return { store, clock, courier, hold, dir, say, wait };
}

async function start(store: Pick<Store, "deliveries">, clock: HandClock): Promise<Courier> {
  const courier = new Courier({ deliveries: store.deliveries, clock, log: silent, random: () => 0.5 });
  couriers.push(courier);
  await courier.start();
  return courier;
}

const lineOf = (event: BotEvent) => (event.data as { content: { text: string } }).content.text;

/** A target that notes what it is given and fails where `fails` says so. */
function target(fails: (line: string, attempt: number) => boolean = () => false) {
  const seen: string[] = [];
  const deliver: Deliver = async (event, { number }) => {
    const line = lineOf(event);
    seen.push(line);
    return fails(line, number) ? { ok: false, status: 500, error: "status 500" } : { ok: true, status: 200 };
  };
  return { seen, deliver };
}

test("a chat waits for its head; other chats and other targets do not", async () => {
  const { courier, say, wait } = await scene("webhook:a", "webhook:b");
  const a = target((line, attempt) => line === "x:1" && attempt === 1);
  const b = target();
  courier.add("webhook:a", a.deliver);
  courier.add("webhook:b", b.deliver);
  await say("x:1", "x:2", "y:1");
  expect(a.seen.toSorted()).toEqual(["x:1", "y:1"]);
  expect(b.seen.filter((line) => line.startsWith("x"))).toEqual(["x:1", "x:2"]);
  await wait(4_999);
  expect(a.seen).toHaveLength(2);
  await wait(1);
  expect(a.seen.slice(2)).toEqual(["x:1", "x:2"]);
});

test("the schedule is kept to its end, then the event is dead and its chat goes on", async () => {
  const { courier, clock, say, wait, dir } = await scene("webhook:a");
  const attempts: number[] = [];
  const begin = clock.now();
  let down = true;
  courier.add("webhook:a", async (event) => {
    if (lineOf(event) === "x:1") attempts.push(clock.now() - begin);
    return { ok: !down };
  });
  await say("x:1", "x:2");
  for (let alarm = clock.next(); attempts.length < 8 && alarm !== null; alarm = clock.next()) await wait(alarm);
  const hour = 60 * minute;
  const gaps = attempts.map((at, index) => at - (attempts[index - 1] ?? 0));
  expect(gaps).toEqual([0, 5_000, 30_000, 2 * minute, 10 * minute, hour, 6 * hour, 24 * hour]);
  down = false;
  await wait(5_000);
  const rows = raw(dir).query("SELECT stage, attempts, reason FROM delivery ORDER BY event").values();
  expect(rows).toEqual([
    ["dead", 8, "8 attempts failed"],
    ["delivered", 2, null],
  ]);
  expect(clock.next()).toBeNull(); // nothing owed: it sleeps
});

test("one poison event holds its chat 13 minutes when the target takes others", async () => {
  const { courier, say, wait } = await scene("webhook:a");
  const { seen, deliver } = target((line) => line === "x:bad");
  courier.add("webhook:a", deliver);
  await say("x:bad", "x:after");
  for (const pause of [5_000, 30_000, 2 * minute]) await wait(pause);
  await say("y:fine");
  await wait(10 * minute);
  expect(seen.filter((line) => line === "x:bad")).toHaveLength(5);
  expect(seen.at(-1)).toBe("x:after");
});

test("Retry-After is honoured for the whole target and clamped to an hour", async () => {
  const { courier, say, wait } = await scene("webhook:a");
  let calls = 0;
  courier.add("webhook:a", async () => {
    calls += 1;
    return calls === 1 ? { ok: false, status: 429, retryAfter: 100 * 60 * minute } : { ok: true };
  });
  await say("x:1");
  await say("y:1");
  await wait(60 * minute - 1);
  expect(calls).toBe(1);
  await wait(1);
  expect(calls).toBe(3);
});

test("Retry-After rests the target as long as it asks, however far away the event's own next attempt is", async () => {
  const { courier, say, wait } = await scene("webhook:a");
  const { seen, deliver } = target((line) => line === "x:1");
  let asked: { retryAfter?: number } = {};
  courier.add("webhook:a", async (event, attempt) => ({ ...(await deliver(event, attempt)), ...asked }));
  await say("x:1");
  for (const pause of [5_000, 30_000, 2 * minute]) await wait(pause);
  asked = { retryAfter: 3_000 };
  await wait(10 * minute); // the fifth attempt fails; the next is an hour away
  asked = {};
  await say("y:1");
  expect(seen.at(-1)).toBe("x:1");
  await wait(3_000);
  expect(seen.at(-1)).toBe("y:1");
});

test("a part of a millisecond is no reason to stand still", async () => {
  const { courier, say, wait } = await scene("plugin:a");
  let calls = 0;
  courier.add("plugin:a", async () => (++calls === 1 ? { ok: false, retryAfter: 10_000.25 } : { ok: true }));
  await say("x:1");
  await wait(10_001);
  expect(calls).toBe(2);
});

test("a paused target loses nothing, a final answer is not asked again", async () => {
  const { courier, say, wait, dir } = await scene("webhook:a");
  const seen: string[] = [];
  courier.add("webhook:a", async (event) => {
    seen.push(lineOf(event));
    return { ok: false, final: true, error: "gone" };
  });
  courier.pause("webhook:a");
  await say("x:1", "x:2");
  await wait(10 * minute);
  expect(seen).toEqual([]);
  courier.resume("webhook:a");
  await courier.idle();
  expect(seen).toEqual(["x:1", "x:2"]);
  expect(raw(dir).query("SELECT DISTINCT stage FROM delivery").values()).toEqual([["dead"]]);
});

test("what a crash interrupted is attempted again and counted", async () => {
  const { courier, clock, store, hold, dir } = await scene("webhook:a");
  const begun = Promise.withResolvers<void>();
  courier.add("webhook:a", () => {
    begun.resolve();
    return new Promise(() => {}); // hangs for ever
  });
  await store.ledger.record(hold, { events: [received("x", "x:1"), received("x", "x:2")] });
  courier.wake();
  await begun.promise;
  const stopped = courier.stop(1_000);
  clock.wind(1_000);
  await stopped;
  const second = await start(store, clock);
  const { seen, deliver } = target();
  second.add("webhook:a", deliver);
  await second.idle();
  expect(seen).toEqual(["x:1", "x:2"]);
  expect(raw(dir).query("SELECT attempts FROM delivery ORDER BY event").values()).toEqual([[2], [1]]);
  const notes = raw(dir).query("SELECT number, error FROM attempt WHERE event = 1 ORDER BY number").values();
  expect(notes).toEqual([
    [1, expect.stringContaining("interrupted")],
    [2, null],
  ]);
});

test("at most so many chats at once, all of them in the end", async () => {
  const { courier, say } = await scene("webhook:a");
  let running = 0;
  let most = 0;
  const { seen, deliver } = target();
  courier.add(
    "webhook:a",
    async (event, attempt) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((go) => setImmediate(go));
      running -= 1;
      return deliver(event, attempt);
    },
    { parallel: 3 },
  );
  await say(...Array.from({ length: 60 }, (_, n) => `${n % 20}:${n}`));
  expect(most).toBe(3);
  for (let chat = 0; chat < 20; chat += 1) {
    expect(seen.filter((line) => line.startsWith(`${chat}:`))).toEqual([0, 20, 40].map((n) => `${chat}:${chat + n}`));
  }
  expect(seen).toHaveLength(60);
});

test("a target that takes nothing is served one chat at a time until it takes something", async () => {
  const { courier, say, wait } = await scene("webhook:a");
  let running = 0;
  let most = 0;
  let down = true;
  courier.add("webhook:a", async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((go) => setImmediate(go));
    running -= 1;
    return { ok: !down };
  });
  const chats = Array.from({ length: 20 }, (_, n) => `${n}:first`);
  const round = async (act: Promise<void>) => {
    most = 0;
    await act;
    return most;
  };
  expect(await round(say(...chats))).toBe(20);
  expect(await round(wait(5_000))).toBe(1);
  down = false;
  expect(await round(wait(30_000))).toBeGreaterThan(1);
});

test("a QR code is delivered while it is fresh and dropped when it is not", async () => {
  const { store, clock, dir } = await house({ targetsOf: () => ["webhook:a"] });
  const hold = await held(store);
  const courier = await start(store, clock);
  const seen: unknown[] = [];
  const hear: Deliver = async ({ data }) => {
    seen.push(data);
    return { ok: false };
  };
  await store.ledger.record(hold, { events: [{ ...qr("old"), at: clock.now() }] });
  clock.wind(minute + 1);
  await store.ledger.record(hold, { events: [{ ...qr("new"), at: clock.now() }] });
  courier.add("webhook:a", hear);
  await courier.idle();
  for (let alarm = clock.next(); alarm !== null; alarm = clock.next()) {
    clock.wind(alarm);
    await courier.idle();
  }
  expect(seen).toEqual(Array.from({ length: 3 }, () => qr("new").data));
  expect(raw(dir).query("SELECT stage, reason FROM delivery ORDER BY event").values()).toEqual([
    ["dead", "no longer true"],
    ["dead", "no longer true"],
  ]);
});

test("a wall clock that jumps neither stalls nor storms", async () => {
  const { courier, clock, say, wait } = await scene("webhook:a");
  const { seen, deliver } = target((_, attempt) => attempt === 1);
  courier.add("webhook:a", deliver);
  await say("x:1");
  clock.jump(-24 * 60 * minute);
  await say("y:1");
  clock.jump(48 * 60 * minute);
  await say("z:1");
  expect(seen).toEqual(["x:1", "y:1", "z:1"]);
  await wait(5_000);
  expect(seen.slice(3).toSorted()).toEqual(["x:1", "y:1", "z:1"]);
});

test("what failed is tried again after a start with a clock that was set back by years", async () => {
  const { store, clock } = await house({ targetsOf: () => ["webhook:a"] });
  const hold = await held(store);
  await store.ledger.record(hold, { events: [received("x", "1")] });
  const first = new Courier({ deliveries: store.deliveries, clock, log: silent });
  first.add("webhook:a", async () => ({ ok: false, error: "down" }));
  await first.start();
  await first.idle();
  await first.stop(0);
  clock.jump(-clock.now());
  const took = Promise.withResolvers<void>();
  const second = new Courier({ deliveries: store.deliveries, clock, log: silent });
  second.add("webhook:a", async () => (took.resolve(), { ok: true }));
  await second.start();
  await took.promise;
  await second.stop(0);
});

test("a store that refuses is asked again and nothing is delivered twice for it", async () => {
  const { store, clock } = await house({ targetsOf: () => ["webhook:a"] });
  const hold = await held(store);
  const refused = Promise.withResolvers<void>();
  let once = true;
  const deliveries: Deliveries = {
    ...store.deliveries,
    exchange: async (ask) => {
      if (ask.delivered.size === 0 || !once) return store.deliveries.exchange(ask);
      once = false;
      refused.resolve();
      throw new Failure("unavailable", "The disk is full.");
    },
  };
  const courier = await start({ deliveries }, clock);
  const { seen, deliver } = target();
  courier.add("webhook:a", deliver);
  await store.ledger.record(hold, { events: [received("x", "x:1"), received("x", "x:2")] });
  courier.wake();
  const idle = courier.idle();
  await refused.promise;
  await alarmSet(clock);
  clock.wind(1_000);
  await idle;
  expect(seen).toEqual(["x:1", "x:2"]);
});

test("a store that refuses while nothing is on its way is asked again too", async () => {
  const { store, clock } = await house({ targetsOf: () => ["webhook:a"] });
  const hold = await held(store);
  const refused = Promise.withResolvers<void>();
  let full = false;
  const exchange: Deliveries["exchange"] = async (ask) => {
    if (!full) return store.deliveries.exchange(ask);
    refused.resolve();
    throw new Failure("unavailable", "The disk is full.");
  };
  const courier = await start({ deliveries: { ...store.deliveries, exchange } }, clock);
  const { seen, deliver } = target();
  courier.add("webhook:a", deliver);
  await courier.idle();
  await store.ledger.record(hold, { events: [received("x", "x:1")] });
  full = true;
  courier.wake();
  await refused.promise;
  await alarmSet(clock);
  full = false;
  clock.wind(1_000);
  await courier.idle();
  expect(seen).toEqual(["x:1"]);
});

test("a target with both hands full is not looked at again and again", async () => {
  const { courier, clock, store, hold, say } = await scene("webhook:a");
  const release = Promise.withResolvers<void>();
  const hanging = Promise.withResolvers<void>();
  courier.add(
    "webhook:a",
    async (event) => {
      if (lineOf(event) === "x:1") return { ok: false };
      hanging.resolve();
      await release.promise;
      return { ok: true };
    },
    { parallel: 1 },
  );
  await say("x:1");
  await store.ledger.record(hold, { events: [received("y", "y:1")] });
  courier.wake();
  await hanging.promise;
  await new Promise((go) => setImmediate(go));
  expect(clock.next()).toBeNull();
  clock.wind(10_000); // x:1 is due again, but no hand is free
  await new Promise((go) => setImmediate(go));
  expect(clock.next()).toBeNull();
  release.resolve();
  await courier.idle();
});

test("what is offered is delivered without a question to the store", async () => {
  const { store, clock } = await house({ targetsOf: () => ["webhook:b"] });
  const hold = await held(store);
  const asked: Target[][] = [];
  const exchange: Deliveries["exchange"] = (ask) => {
    asked.push([...ask.want.keys()]);
    return store.deliveries.exchange(ask);
  };
  const courier = await start({ deliveries: { ...store.deliveries, exchange } }, clock);
  const { seen, deliver } = target();
  for (const name of ["a", "b", "c"] as const) courier.add(`webhook:${name}`, deliver);
  await courier.idle();
  asked.splice(0);
  const { written } = await store.ledger.record(hold, { events: [received("x", "x:1")] });
  courier.offer(written);
  await courier.idle();
  expect(seen).toEqual(["x:1"]);
  expect(asked.flat()).toEqual([]);
});

async function alarmSet(clock: HandClock): Promise<void> {
  while (clock.next() === null) await new Promise((go) => setImmediate(go));
}
