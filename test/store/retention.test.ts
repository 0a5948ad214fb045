import { expect, test } from "bun:test";
import { Janitor } from "../../src/core/janitor.ts";
import type { HandClock } from "../clock.ts";
import { silent } from "../log.ts";
import type { Store } from "../../src/core/store.ts";
import { held, house, outgoing, qr, raw, received } from "./house.ts";

const day = 24 * 3_600_000;

const janitor = (store: Store, clock: HandClock, maxBytes = 1e12) =>
  new Janitor({ retention: store.retention, clock, log: silent, maxAge: 30 * day, maxBytes });

test("what is too old goes with its deliveries; what is young, and messages that wait, stay", async () => {
  const { store, clock, dir } = await house({ targetsOf: () => ["webhook:w"] });
  const hold = await held(store);
  const at = clock.now();
  const events = Array.from({ length: 1_200 }, (_, n) => ({ ...received("x", String(n)), at }));
  await store.ledger.record(hold, { events });
  await store.messages.queue("d1", outgoing("sent", { createdAt: at }));
  await store.messages.queue("d1", outgoing("waits", { createdAt: at }));
  await store.ledger.record(hold, { events: [], messages: [{ waId: "WA-sent", state: "sent", at }] });
  clock.wind(30 * day + 1);
  await store.ledger.record(hold, { events: [{ ...received("x", "sent long ago, written now"), at }] });
  expect(await janitor(store, clock).sweep()).toBe(1_201);
  expect((await store.ledger.after("d1", 1_200, 10)).map(({ seq }) => seq)).toEqual([1_201]);
  expect(raw(dir).query("SELECT count(*) AS n FROM delivery").get()).toEqual({ n: 1 });
  expect([await store.messages.get("d1", "sent"), (await store.messages.get("d1", "waits"))?.id]).toEqual([
    null,
    "waits",
  ]);
});

test("what is too much goes, the oldest first, and the file does not keep its size", async () => {
  const { store, clock } = await house();
  const hold = await held(store);
  const at = clock.now();
  for (let batch = 0; batch < 20; batch += 1) {
    await store.ledger.record(hold, {
      events: Array.from({ length: 100 }, () => ({ ...received("x", "y".repeat(2_000)), at })),
    });
  }
  await janitor(store, clock, 3_000_000).sweep();
  const kept = await store.ledger.after("d1", 1_500, 5_000);
  expect(kept.length).toBe(500);
  expect(await janitor(store, clock, 3_000_000).sweep()).toBe(0);
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

test("sent messages answer retries for 14 days, however short events are kept", async () => {
  const { store, clock } = await house();
  const hold = await held(store);
  const at = clock.now();
  await store.messages.queue("d1", outgoing("sent", { createdAt: at }));
  await store.ledger.record(hold, { events: [], messages: [{ waId: "WA-sent", state: "sent", at }] });
  const cleaner = new Janitor({ retention: store.retention, clock, log: silent, maxAge: day, maxBytes: 1e12 });
  clock.wind(14 * day);
  await cleaner.sweep();
  expect((await store.messages.byWaId("d1", "WA-sent"))?.id).toBe("sent");
  clock.wind(1);
  await cleaner.sweep();
  expect(await store.messages.byWaId("d1", "WA-sent")).toBeNull();
});
