import { expect } from "bun:test";
import { Janitor, type JanitorOptions } from "../../src/core/janitor.ts";
import type { Target } from "../../src/core/model/events/targets.ts";
import type { Store } from "../../src/core/ports/store.ts";
import type { HandClock } from "../clock.ts";
import { silent } from "../log.ts";
import { held, received, refusal } from "../store/house.ts";
import { holds } from "./grounds.ts";

const day = 24 * 3_600_000;
const chat = "628111@s.whatsapp.net";
const keep = { eventDays: null, historyDays: null, contents: "keep" } as const;

const janitor = (store: Store, clock: HandClock, changes: Partial<JanitorOptions> = {}) =>
  new Janitor({
    retention: store.retention,
    clock,
    log: silent,
    maxAge: 30 * day,
    maxHistoryAge: 90 * day,
    maxBytes: 1e12,
    due: () => clock.now(),
    owedTo: () => [],
    tell: async () => {},
    ...changes,
  });

const stored = (id: string, at: number, text = id) => ({
  id,
  chat,
  sender: chat,
  fromMe: false,
  pushName: null,
  at,
  content: { kind: "text" as const, text },
  context: {},
  wire: new TextEncoder().encode(`wire ${text}`),
});

/** A device of a tenant with three days of events and history. */
async function lived(store: Store, clock: HandClock, tenant: string, uid: string) {
  const hold = await held(store, uid, { tenant, id: uid });
  const write = (name: string) =>
    store.ledger.record(hold, {
      events: [{ ...received(chat, name), at: clock.now() }],
      history: [{ type: "said", said: stored(name, clock.now()) }],
    });
  return { hold, write };
}

const texts = async (store: Store, uid: string) =>
  (await store.history.page(uid, { chat: null, search: null, before: null, limit: 99 })).map(
    ({ message }) => message.id,
  );
const seqs = async (store: Store, uid: string, after: number) =>
  (await store.ledger.after(uid, after, 99)).map(({ seq }) => seq);

holds("a tenant keeps what it has for less, or for longer, than the others", async (open) => {
  const { store, clock } = await open();
  for (const id of ["short", "long"])
    await store.tenants.create({ id, name: id, deviceLimit: null, limits: {}, mediaLinks: true, createdAt: 0 });
  await store.lifetimes.setTenant("short", { ...keep, eventDays: 3, historyDays: 2 });
  await store.lifetimes.setTenant("long", { ...keep, eventDays: 60, historyDays: 200 });
  expect(await store.lifetimes.ofTenant("short")).toEqual({ eventDays: 3, historyDays: 2, contents: "keep" });
  const all = [
    await lived(store, clock, "default", "usual"),
    await lived(store, clock, "short", "brief"),
    await lived(store, clock, "long", "slow"),
  ];
  for (const { write } of all) await write("old");
  clock.wind(4 * day);
  for (const { write } of all) await write("new");
  await janitor(store, clock).sweep();
  expect([await texts(store, "usual"), await texts(store, "brief")]).toEqual([["new", "old"], ["new"]]);
  expect([await seqs(store, "usual", 0), await seqs(store, "brief", 1)]).toEqual([[1, 2], [2]]);
  expect(await refusal(store.ledger.after("brief", 0, 9))).toStartWith("gone: ");
  clock.wind(40 * day);
  await janitor(store, clock).sweep();
  expect(await refusal(store.ledger.after("usual", 0, 9))).toStartWith("gone: ");
  expect([await seqs(store, "slow", 0), await texts(store, "slow")]).toEqual([
    [1, 2],
    ["new", "old"],
  ]);
  clock.wind(60 * day);
  await janitor(store, clock).sweep();
  expect([await texts(store, "usual"), await texts(store, "slow")]).toEqual([[], ["new", "old"]]);
  // Nobody differs from the others any more once it is as usual.
  await store.lifetimes.setTenant("long", keep);
  await janitor(store, clock).sweep();
  expect(await texts(store, "slow")).toEqual([]);
});

holds("a device keeps what it has for less than its tenant, never for longer; who reads on is told", async (open) => {
  const { store, clock } = await open();
  await store.lifetimes.setTenant("default", { ...keep, historyDays: 10 });
  await store.lifetimes.setDevice("default", "short", { eventDays: 1, historyDays: 1 });
  await store.lifetimes.setDevice("default", "vain", { eventDays: 300, historyDays: 300 });
  const all = [await lived(store, clock, "default", "short"), await lived(store, clock, "default", "vain")];
  for (const { write } of all) for (let n = 0; n < 3; n += 1) await write(`old ${n}`);
  clock.wind(2 * day);
  for (const { write } of all) await write("new");
  await janitor(store, clock).sweep();
  expect([await texts(store, "short"), (await texts(store, "vain")).length]).toEqual([["new"], 4]);
  expect([await seqs(store, "short", 3), await seqs(store, "vain", 0)]).toEqual([[4], [1, 2, 3, 4]]);
  expect(await refusal(store.ledger.after("short", 1, 9))).toStartWith("gone: ");
  const page = async (devices: string[] | null) =>
    store.ledger.page({ tenant: "default", after: 0, types: null, devices, limit: 99 });
  expect((await page(null)).events.map(({ event }) => event.device)).toEqual(["vain", "vain", "vain", "short", "vain"]);
  // The last that went has place 3: whoever stands before it has missed some.
  expect([(await page(null)).floor, (await page(["vain"])).floor]).toEqual([3, 0]);
  clock.wind(9 * day);
  await janitor(store, clock).sweep();
  expect(await texts(store, "vain")).toEqual(["new"]);
});

holds("what is owed stays however short events are kept, and is hidden from readers", async (open) => {
  const target: Target = "webhook:w";
  const { store, clock } = await open({ targetsOf: (event) => (event.once === "owed" ? [target] : []) });
  await store.lifetimes.setDevice("default", "d1", { eventDays: 1, historyDays: null });
  const hold = await held(store);
  for (const once of ["a", "owed", "b"])
    await store.ledger.record(hold, { events: [{ ...received(chat, once, once), at: clock.now() }] });
  clock.wind(2 * day);
  await janitor(store, clock, { owedTo: () => [target] }).sweep();
  const { events } = await store.deliveries.read({ target, after: 0, limit: 9 });
  expect(events.map(({ event }) => event.seq)).toEqual([2]);
  expect(await seqs(store, "d1", 3)).toEqual([]);
  expect(await refusal(store.ledger.after("d1", 0, 9))).toStartWith("gone: ");
});
