import { expect, test } from "bun:test";
import { Janitor, type JanitorOptions } from "../../src/core/janitor.ts";
import type { HandClock } from "../clock.ts";
import { silent } from "../log.ts";
import { defaultLimits } from "../../src/core/model/budgets.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { held, house, outgoing, qr, raw, received } from "./house.ts";

const day = 24 * 3_600_000;

const janitor = (store: Store, clock: HandClock, changes: Partial<JanitorOptions> = {}) =>
  new Janitor({
    retention: store.retention,
    clock,
    log: silent,
    maxAge: 30 * day,
    maxBytes: 1e12,
    due: () => clock.now(),
    owedTo: () => [],
    tell: async () => {},
    ...changes,
  });

test("what is too old goes with its deliveries; what is young, and messages that wait, stay", async () => {
  const { store, clock, dir } = await house({ targetsOf: () => ["webhook:w"] });
  const hold = await held(store);
  const at = clock.now();
  const events = Array.from({ length: 1_200 }, (_, n) => ({ ...received("x", String(n)), at }));
  await store.ledger.record(hold, { events });
  await store.messages.queue("d1", outgoing("sent", { createdAt: at }));
  await store.messages.queue("d1", outgoing("waits", { createdAt: at }));
  await store.ledger.record(hold, { events: [], messages: [{ waId: "WA-sent", state: "sent", at }] });
  clock.wind(30 * day + 1_000);
  await store.ledger.record(hold, { events: [{ ...received("x", "sent long ago, written now"), at }] });
  expect(await janitor(store, clock).sweep()).toBe(1_201);
  expect((await store.ledger.after("d1", 1_200, 10)).map(({ seq }) => seq)).toEqual([1_201]);
  expect(raw(dir).query("SELECT count(*) AS n FROM event WHERE owed IS NOT NULL").get()).toEqual({ n: 1 });
  expect([await store.messages.get("d1", "sent"), (await store.messages.get("d1", "waits"))?.id]).toEqual([
    null,
    "waits",
  ]);
});

test("QR codes do not lie about, and the janitor comes by itself", async () => {
  const { store, clock, dir } = await house();
  const hold = await held(store);
  await store.ledger.record(hold, { events: [{ ...qr("secret"), at: clock.now() }] });
  await store.ledger.announce("default", [{ ...received("x", "kept"), at: clock.now() }]);
  const cleaner = janitor(store, clock);
  cleaner.start();
  for (let round = 0; round < 2; round += 1) {
    clock.wind(10 * 60_000);
    while (clock.next() === null) await new Promise((go) => setImmediate(go)); // it has set its next alarm
  }
  cleaner.stop();
  const left = raw(dir).query<{ n: number }, []>("SELECT count(*) AS n FROM event WHERE device IS NOT NULL").get();
  expect(left).toEqual({ n: 0 });
  expect(
    (await store.ledger.page({ tenant: "default", after: 0, types: null, devices: null, limit: 5 })).events,
  ).toHaveLength(1);
});

/** So many events of `tenant`, of 2,000 characters each. */
async function grow(store: Store, tenant: string, count: number, at: number): Promise<void> {
  for (let done = 0; done < count; done += 100)
    await store.ledger.announce(
      tenant,
      Array.from({ length: Math.min(100, count - done) }, () => ({ ...received("x", "y".repeat(2_000)), at })),
    );
}

const countOf = (dir: string, tenant: string) =>
  raw(dir).query<{ n: number }, [string]>("SELECT count(*) AS n FROM event WHERE tenant = ?").get(tenant)?.n;

test("a tenant over his budget loses his own oldest, and nobody else anything", async () => {
  const { store, clock, dir } = await house();
  const at = clock.now();
  await grow(store, "calm", 100, at);
  await grow(store, "hog", 1_000, at);
  const limitsOf = () => ({ ...defaultLimits, event_bytes: 1_000_000 });
  await janitor(store, clock, { limitsOf }).sweep();
  expect(countOf(dir, "calm")).toBe(100);
  expect(countOf(dir, "hog")).toBeLessThan(501);
  expect((await store.usage.of("hog")).event_bytes).toBeLessThan(1_000_000);
  const page = await store.ledger.page({ tenant: "hog", after: 0, types: null, devices: null, limit: 1 });
  expect(page.floor).toBeGreaterThan(0);
  expect((await store.ledger.page({ tenant: "calm", after: 0, types: null, devices: null, limit: 1 })).floor).toBe(0);
});

test("where all together are too much, whoever has most pays", async () => {
  const { store, clock, dir } = await house();
  const at = clock.now();
  await grow(store, "calm", 100, at);
  await grow(store, "hog", 2_000, at);
  await janitor(store, clock, { maxBytes: 3_000_000 }).sweep();
  expect(countOf(dir, "calm")).toBe(100);
  expect(countOf(dir, "hog")).toBeLessThan(2_000);
});

test("what waits to be sent throws away nothing that happened", async () => {
  const { store, clock, dir } = await house();
  await held(store);
  await grow(store, "calm", 100, clock.now());
  const text = "z".repeat(60_000);
  for (let n = 0; n < 100; n++)
    await store.messages.queue("d1", outgoing(`m${n}`, { content: { kind: "text", text }, createdAt: clock.now() }));
  expect((await store.usage.of("default")).queued_bytes).toBeGreaterThan(6_000_000);
  await janitor(store, clock, { maxBytes: 3_000_000 }).sweep();
  expect(countOf(dir, "calm")).toBe(100);
});
