import { expect, test } from "bun:test";
import { Courier, type Deliver } from "../../src/core/delivery/courier.ts";
import type { Deliveries, Exchange, Written } from "../../src/core/ports/deliveries.ts";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import type { Target } from "../../src/core/model/events/targets.ts";
import { afterwards } from "../afterwards.ts";
import { silent } from "../log.ts";
import { held, house, raw, received } from "../store/house.ts";

const lineOf = ({ data }: BotEvent) => (data as { content: { text: string } }).content.text;
const turn = () => new Promise((go) => setImmediate(go));

/** A store whose events are owed to `targets`, and couriers that deliver from it. */
async function scene(...targets: Target[]) {
  const { store, clock, dir } = await house({ targetsOf: () => targets });
  const hold = await held(store);
  const asked: Exchange[] = [];
  /** Runs after an exchange was written and before the courier hears of it. */
  const meanwhile: { at: (ask: Exchange) => Promise<void> | void } = { at: () => {} };
  const deliveries: Deliveries = {
    ...store.deliveries,
    exchange: async (ask) => {
      asked.push(ask);
      const exchanged = await store.deliveries.exchange(ask);
      await meanwhile.at(ask);
      return exchanged;
    },
  };
  const write = async (...lines: string[]): Promise<Written> => {
    const events = lines.map((line) => received(line.split(":")[0] ?? "", line));
    return (await store.ledger.record(hold, { events })).written;
  };
  const courier = () => {
    const made = new Courier({ deliveries, clock, log: silent, random: () => 0.5 });
    afterwards(() => made.stop(0));
    return made;
  };
  const figure = (sql: string) => raw(dir).query<{ n: number }, []>(`SELECT (${sql}) AS n`).get()?.n;
  return { store, clock, hold, asked, meanwhile, write, courier, figure };
}

/** Notes what it is given; an attempt ends when `gate` says so. */
function hearing(gate: (line: string) => Promise<boolean> | boolean = () => true) {
  const seen: string[] = [];
  const deliver: Deliver = async (event) => {
    seen.push(lineOf(event));
    return { ok: await gate(lineOf(event)), status: 200 };
  };
  return { seen, deliver };
}

test("what goes well writes no row: one exchange moves the cursor behind all of it", async () => {
  const { courier, write, asked, figure } = await scene("webhook:a");
  const { seen, deliver } = hearing();
  const running = courier();
  running.add("webhook:a", deliver);
  await running.start();
  await running.idle();
  asked.splice(0);
  running.offer(await write(...Array.from({ length: 300 }, (_, n) => `${n % 7}:${n}`)));
  await running.idle();
  expect(seen).toHaveLength(300);
  expect(asked.length).toBeLessThanOrEqual(3);
  expect([figure("SELECT count(*) FROM delivery"), figure("SELECT count(*) FROM attempt")]).toEqual([0, 0]);
  expect(figure("SELECT place FROM cursor")).toBe(300);
  expect(figure("SELECT sum(json_array_length(entries)) FROM delivered")).toBe(300);
});

test("after a crash what was not written down comes again, with its id, and nothing else", async () => {
  const { courier, write, clock } = await scene("webhook:a");
  const ids: string[] = [];
  const deliver: Deliver = async ({ id }) => (ids.push(id), { ok: true });
  const first = courier();
  first.add("webhook:a", deliver);
  await first.start();
  first.offer(await write("x:1", "y:1"));
  await first.idle();
  first.offer(await write("x:2", "y:2"));
  while (ids.length < 4) await turn(); // taken, and the moment after which that is written has not come
  const second = courier();
  second.add("webhook:a", deliver);
  await second.start();
  await second.idle();
  expect(ids.slice(4).toSorted()).toEqual(ids.slice(2, 4).toSorted());
  clock.wind(500);
});

test("a chat that waits holds up neither others nor the cursor, and goes on in order after a restart", async () => {
  const { courier, write, figure } = await scene("webhook:a");
  const down = hearing((line) => !line.startsWith("x"));
  const first = courier();
  first.add("webhook:a", down.deliver);
  await first.start();
  first.offer(await write("x:1", "y:1", "x:2", "y:2", "x:3"));
  first.offer(await write("y:3", "x:4"));
  await first.idle();
  expect(down.seen.filter((line) => line.startsWith("y"))).toEqual(["y:1", "y:2", "y:3"]);
  expect(figure("SELECT count(*) FROM delivery")).toBe(4);
  expect(figure("SELECT place FROM cursor")).toBe(7);
  await first.stop(0);
  const up = hearing();
  const second = courier();
  second.add("webhook:a", up.deliver);
  await second.start();
  await second.renew("webhook:a");
  second.offer(await write("x:5"));
  await second.idle();
  expect(up.seen).toEqual(["x:1", "x:2", "x:3", "x:4", "x:5"]);
});

test("what was taken before others of its time does not come again after a stop", async () => {
  const { courier, write } = await scene("webhook:a");
  const first = courier();
  const gate = Promise.withResolvers<boolean>();
  const { seen, deliver } = hearing((line) => (line === "c:1" ? gate.promise : true));
  first.add("webhook:a", deliver, { parallel: 1 });
  await first.start();
  first.offer(await write("a:1", "b:1", "a:2", "c:1"));
  while (!seen.includes("c:1")) await turn();
  expect(seen).toEqual(["a:1", "b:1", "c:1"]);
  const stopped = first.stop(1_000);
  gate.resolve(true);
  await stopped;
  const again = hearing();
  const second = courier();
  second.add("webhook:a", again.deliver);
  await second.start();
  await second.idle();
  expect(again.seen).toEqual(["a:2"]);
});

test("an attempt that hangs gets a row, so that the cursor goes on; its chat comes after it", async () => {
  const { courier, write, clock, figure } = await scene("webhook:a");
  const gate = Promise.withResolvers<boolean>();
  const { seen, deliver } = hearing((line) => (line === "x:1" ? gate.promise : true));
  const running = courier();
  running.add("webhook:a", deliver);
  await running.start();
  running.offer(await write("x:1", "x:2", "y:1"));
  for (const line of ["y:2", "y:3", "y:4"]) {
    while (!seen.includes(`y:${Number(line.at(-1)) - 1}`)) await turn();
    await turn();
    clock.wind(500);
    while (clock.next() !== null) await turn();
    running.offer(await write(line));
  }
  while (!seen.includes("y:4")) await turn();
  await running.flush();
  expect(figure("SELECT place FROM cursor")).toBe(6);
  expect(figure("SELECT group_concat(stage) FROM (SELECT stage FROM delivery ORDER BY event)") as unknown).toBe(
    "running,blocked",
  );
  running.offer(await write("x:3"));
  gate.resolve(true);
  await running.idle();
  expect(seen.filter((line) => line.startsWith("x"))).toEqual(["x:1", "x:2", "x:3"]);
});

test("what comes to a chat while rows of it are written stays behind them", async () => {
  const { courier, write, clock, meanwhile } = await scene("webhook:a");
  const gate = Promise.withResolvers<boolean>();
  const { seen, deliver } = hearing((line) => (line === "x:1" ? gate.promise : true));
  const running = courier();
  running.add("webhook:a", deliver);
  await running.start();
  await running.idle();
  const race = { happened: false };
  meanwhile.at = async ({ held: rows }) => {
    if (race.happened || rows.length === 0) return;
    race.happened = true;
    running.offer(await write("x:3"));
  };
  running.offer(await write("x:1", "x:2", "y:1"));
  for (let at = 2; !race.happened; at += 1) {
    while (!seen.includes(`y:${at - 1}`)) await turn();
    await turn();
    clock.wind(500);
    while (clock.next() !== null && !race.happened) await turn();
    if (!race.happened) running.offer(await write(`y:${at}`));
  }
  gate.resolve(true);
  await running.idle();
  expect(seen.filter((line) => line.startsWith("x"))).toEqual(["x:1", "x:2", "x:3"]);
});

test("memory holds no more than so many, whatever is offered; the others are read from the log, in order", async () => {
  const { courier, write } = await scene("webhook:a");
  const gate = Promise.withResolvers<boolean>();
  const { seen, deliver } = hearing(() => gate.promise);
  const running = courier();
  running.add("webhook:a", deliver);
  await running.start();
  for (let at = 0; at < 3_000; at += 100)
    running.offer(await write(...Array.from({ length: 100 }, (_, n) => `${n % 50}:${at + n}`)));
  await turn();
  gate.resolve(true);
  await running.idle();
  expect(seen).toHaveLength(3_000);
  for (let chat = 0; chat < 50; chat += 1) {
    const places = seen.filter((line) => line.startsWith(`${chat}:`)).map((line) => Number(line.split(":")[1]));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  }
});

test("commits that are offered in another order, twice or never are delivered once and in order", async () => {
  const { courier, write, clock } = await scene("webhook:a");
  const { seen, deliver } = hearing();
  const running = courier();
  running.add("webhook:a", deliver);
  await running.start();
  await running.idle();
  const [one, two] = [await write("x:1"), await write("x:2")];
  running.offer(two);
  await turn();
  expect(seen).toEqual([]);
  running.offer(one);
  running.offer(two);
  await running.idle();
  expect(seen).toEqual(["x:1", "x:2"]);
  await write("x:3");
  running.offer(await write("x:4"));
  clock.wind(20);
  await running.idle();
  expect(seen).toEqual(["x:1", "x:2", "x:3", "x:4"]);
});

test("what was removed from the log while it waited in memory is not delivered", async () => {
  const { courier, write, store, figure } = await scene("webhook:a");
  const gate = Promise.withResolvers<boolean>();
  const { seen, deliver } = hearing(() => gate.promise);
  const running = courier();
  running.add("webhook:a", deliver, { parallel: 1 });
  await running.start();
  running.offer(await write("x@lid:1", "y@lid:1", "z@lid:1"));
  while (seen.length === 0) await turn();
  await store.history.erase("d1", ["y@lid"]);
  running.reload();
  gate.resolve(true);
  await running.idle();
  expect(seen).toEqual(["x@lid:1", "z@lid:1"]);
  expect(figure("SELECT place FROM cursor")).toBe(3);
});

test("a hundred targets that want nothing of it ask nothing of the store", async () => {
  const { courier, write, asked } = await scene("webhook:a");
  const { seen, deliver } = hearing();
  const running = courier();
  running.add("webhook:a", deliver);
  for (let n = 0; n < 100; n += 1) running.add(`webhook:idle${n}`, deliver);
  await running.start();
  await running.idle();
  asked.splice(0);
  for (let n = 0; n < 50; n += 1) running.offer(await write(`x:${n}`));
  await running.idle();
  expect(seen).toHaveLength(50);
  const spoken = asked.flatMap(({ want, cursors }) => [...want.keys(), ...cursors.keys()]);
  expect(new Set(spoken)).toEqual(new Set<Target>(["webhook:a"]));
});

test("what waits is counted as it stands: in memory, behind one that failed, and for a target that is paused", async () => {
  const { courier, write, store } = await scene("webhook:a", "webhook:b");
  const running = courier();
  running.add("webhook:a", hearing((line) => !line.startsWith("x")).deliver);
  running.add("webhook:b", hearing().deliver);
  running.pause("webhook:b");
  await running.start();
  running.offer(await write("x:1", "x:2", "y:1"));
  await running.idle();
  // Two rows of the one, three events behind the cursor of the other.
  expect((await store.figures()).deliveriesOwed).toBe(5);
  expect((await store.deliveryLog.figures("webhook:b")).pending).toBe(3);
  running.resume("webhook:b");
  await running.idle();
  expect((await store.figures()).deliveriesOwed).toBe(2);
  for (let n = 0; n < 30; n += 1) await write(...Array.from({ length: 100 }, (_, at) => `z:${n * 100 + at}`));
  expect((await store.figures()).deliveriesOwed).toBe(2 + 2 * 3_000);
});

const burst = { gathering: { by: "chat", most: 3, wait: 1_000, longest: 10_000 } } as const;

/** Notes lists of what it is given; takes them when `takes` says so, else it hangs. */
function listening(takes: () => boolean) {
  const [seen, ids]: [string[][], string[]] = [[], []];
  const [came, hung] = [Promise.withResolvers<void>(), Promise.withResolvers<{ ok: false }>()];
  afterwards(() => hung.resolve({ ok: false }));
  const deliver: Deliver = async (_, { events }) => {
    seen.push(events.map(lineOf));
    ids.push(...events.map(({ id }) => id));
    came.resolve();
    return takes() ? { ok: true } : hung.promise;
  };
  return { seen, ids, deliver, came: came.promise };
}

test("a burst that a crash cut off comes again, with its ids and before what came later", async () => {
  const { courier, write, clock } = await scene("webhook:a");
  const killed = courier();
  const [first, second] = [listening(() => false), listening(() => true)];
  killed.add("webhook:a", first.deliver, burst);
  await killed.start();
  killed.offer(await write("x:1", "x:2", "y:1"));
  await killed.idle();
  clock.wind(1_000);
  await first.came;
  killed.offer(await write("x:3"));
  clock.wind(500);
  await killed.flush(); // what a page of the delivery log asks for must not spoil their order
  const next = courier();
  next.add("webhook:a", second.deliver, burst);
  await next.start();
  await next.idle();
  clock.wind(1_000);
  await next.idle();
  expect(second.seen).toHaveLength(2);
  expect(second.seen).toEqual(expect.arrayContaining([["x:1", "x:2", "x:3"], ["y:1"]]));
  expect(second.ids).toEqual(expect.arrayContaining(first.ids));
});

test("a burst with rows that a crash cut off is due as one again", async () => {
  const { courier, write, clock, figure } = await scene("webhook:a");
  const first = courier();
  let attempts = 0;
  const second = listening(() => false);
  const failing: Deliver = (...given) => {
    attempts += 1;
    return attempts === 1 ? Promise.resolve({ ok: false }) : second.deliver(...given);
  };
  first.add("webhook:a", failing, burst);
  await first.start();
  first.offer(await write("x:1", "x:2"));
  await first.idle();
  clock.wind(1_000);
  await first.idle();
  first.offer(await write("x:3", "x:4"));
  await first.idle();
  clock.wind(5_000);
  await second.came;
  expect(figure("SELECT count(*) FROM delivery WHERE stage = 'running'")).toBe(3);
  const { seen, deliver } = listening(() => true);
  const next = courier();
  next.add("webhook:a", deliver, burst);
  await next.start();
  await next.idle();
  expect(seen).toEqual([["x:1", "x:2", "x:3"], ["x:4"]]);
  expect(figure("SELECT count(*) FROM delivery WHERE stage <> 'delivered'")).toBe(0);
});

test("a batch takes one connection, whatever is in it, and counts as one failure", async () => {
  const { courier, write, clock } = await scene("webhook:a");
  const sizes: number[] = [];
  const running = courier();
  const deliver: Deliver = async (_, { events }) => (sizes.push(events.length), { ok: false });
  running.add("webhook:a", deliver, {
    gathering: { by: "target", most: 100, wait: 10, longest: 10 },
    probeEvery: 10_000,
  });
  await running.start();
  running.offer(await write(...Array.from({ length: 100 }, (_, n) => `${n}:${n}`)));
  await running.idle();
  expect(sizes).toEqual([100]);
  expect(running.health("webhook:a")).toBe("ok");
  clock.wind(5_000);
  await running.idle();
  expect(running.health("webhook:a")).toBe("degraded"); // each alone now: eight in a row
});

test("what does not fit into memory goes before its time, so that nothing stands still", async () => {
  const { courier, write } = await scene("webhook:a");
  const { seen, deliver } = listening(() => true);
  const running = courier();
  running.add("webhook:a", deliver, { gathering: { by: "chat", most: 100, wait: 60_000, longest: 60_000 } });
  await running.start();
  running.offer(await write(...Array.from({ length: 1_200 }, (_, n) => `${n}:${n}`)));
  await running.idle();
  expect(seen.length).toBeGreaterThan(200);
  expect(seen.length).toBeLessThan(1_000);
  expect(seen.slice(0, 200).flat()).toEqual(Array.from({ length: 200 }, (_, n) => `${n}:${n}`));
});
