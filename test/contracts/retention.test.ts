import { expect } from "bun:test";
import { Janitor, type JanitorOptions } from "../../src/core/janitor.ts";
import type { HandClock } from "../clock.ts";
import { silent } from "../log.ts";
import { defaultLimits } from "../../src/core/model/budgets.ts";
import { monotonicWallClock } from "../../src/core/base/monotonic-wall-clock.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { held, outgoing, received, refusal } from "../store/house.ts";
import { holds } from "./grounds.ts";

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

holds("what is too much goes, the oldest first, and the file does not keep its size", async (open) => {
  const { store, clock } = await open();
  const hold = await held(store);
  const at = clock.now();
  for (let batch = 0; batch < 20; batch += 1) {
    await store.ledger.record(hold, {
      events: Array.from({ length: 100 }, () => ({ ...received("x", "y".repeat(2_000)), at })),
    });
  }
  await janitor(store, clock, { maxBytes: 3_000_000 }).sweep();
  const kept = await store.ledger.after("d1", 1_500, 5_000);
  expect(kept.length).toBe(500);
  expect(await janitor(store, clock, { maxBytes: 3_000_000 }).sweep()).toBe(0);
});

holds("sent messages answer retries for 14 days, however short events are kept", async (open) => {
  const { store, clock } = await open();
  const hold = await held(store);
  const at = clock.now();
  await store.messages.queue("d1", outgoing("sent", { createdAt: at }));
  await store.ledger.record(hold, { events: [], messages: [{ waId: "WA-sent", state: "sent", at }] });
  const cleaner = janitor(store, clock, { maxAge: day });
  clock.wind(14 * day);
  await cleaner.sweep();
  expect((await store.messages.byWaId("d1", "WA-sent"))?.id).toBe("sent");
  clock.wind(1);
  await cleaner.sweep();
  expect(await store.messages.byWaId("d1", "WA-sent")).toBeNull();
});

holds("the audit log is kept for as long as it is told to", async (open) => {
  const { store, clock } = await open();
  const act = (action: string) => ({ actor: "admin", address: null, action, tenant: null, subject: null });
  const note = (action: string) =>
    store.audit.record({ id: Bun.randomUUIDv7("hex", clock.now()), at: clock.now(), ...act(action) });
  await note("key.create");
  clock.wind(364 * day);
  await note("key.revoke");
  clock.wind(day + 1_000);
  await janitor(store, clock, { maxAuditAge: 365 * day }).sweep();
  expect((await store.audit.list({ limit: 5 })).map(({ action }) => action)).toEqual(["key.revoke"]);
});

holds(
  "readers of the log meet no hole: below what was pruned all is gone for them, also what is still owed",
  async (open) => {
    const { store, clock } = await open({ targetsOf: ({ chat }) => (chat === "owed" ? ["webhook:w"] : []) });
    const hold = await held(store);
    for (const chat of ["a", "owed", "b", "owed", "c"])
      await store.ledger.record(hold, { events: [received(chat, chat)] });
    clock.wind(20 * day);
    await store.ledger.record(hold, { events: [received("d", "d")] });
    clock.wind(20 * day);
    expect(await janitor(store, clock, { owedTo: () => ["webhook:w"] }).sweep()).toBe(3);
    expect(await refusal(store.ledger.after("d1", 1, 10))).toMatch(/^gone: .*the oldest kept is 6: use after=5/);
    expect((await store.ledger.after("d1", 5, 10)).map(({ seq }) => seq)).toEqual([6]);
    const page = await store.ledger.page({ tenant: "default", after: 0, types: null, devices: null, limit: 10 });
    expect([page.events.map(({ event }) => event.seq), page.floor]).toEqual([[6], 5]);
  },
);

holds("usage counts what there is, through every change, and nothing when all is gone", async (open) => {
  const { store, clock } = await open();
  const hold = await held(store);
  const at = clock.now();
  await store.ledger.record(hold, { events: [{ ...received("x", "1"), at }] });
  await store.messages.queue("d1", outgoing("a", { createdAt: at }));
  await store.messages.queue("d1", outgoing("b", { createdAt: at }));
  expect(await store.usage.of("default")).toMatchObject({ queued_messages: 2 });
  const failed = { waId: "WA-a", state: "failed", at } as const;
  await store.ledger.record(hold, { events: [], messages: [{ waId: "WA-b", state: "sent", at }, failed] });
  expect(await store.usage.of("default")).toMatchObject({ queued_messages: 0, queued_bytes: 0 });
  await store.devices.remove("d1");
  const left = await store.usage.of("default");
  expect(left).toMatchObject({ queued_messages: 0, queued_bytes: 0, event_bytes: 0, history_bytes: 0, media_bytes: 0 });
});

holds("a log that one tenant fills stays within his budget, and others' entries stay", async (open) => {
  const { store, clock } = await open();
  const note = (tenant: string, n: number) =>
    store.audit.record({
      id: Bun.randomUUIDv7("hex", clock.now()),
      at: clock.now(),
      actor: "key",
      address: null,
      action: `act.${n}`,
      tenant,
      subject: null,
    });
  await note("calm", 0);
  for (let n = 0; n < 1_200; n++) await note("hog", n);
  const limitsOf = () => ({ ...defaultLimits, audit_rows: 1_000 });
  await janitor(store, clock, { limitsOf }).sweep();
  expect((await store.usage.of("hog")).audit_rows).toBe(700);
  expect(await store.audit.list({ tenant: "calm", limit: 5 })).toHaveLength(1);
});

holds("a clock that is set years ahead makes nothing old", async (open) => {
  const { store, clock } = await open();
  const hold = await held(store);
  await store.ledger.record(hold, { events: [{ ...received("x", "young"), at: clock.now() }] });
  const due = monotonicWallClock(clock);
  clock.jump(3_650 * day);
  expect(await janitor(store, clock, { due }).sweep()).toBe(0);
  clock.wind(31 * day);
  expect(await janitor(store, clock, { due }).sweep()).toBeGreaterThan(0);
});
