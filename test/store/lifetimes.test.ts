import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Janitor, type JanitorOptions } from "../../src/core/janitor.ts";
import type { Target } from "../../src/core/model/events/targets.ts";
import type { Store } from "../../src/core/ports/store.ts";
import type { HandClock } from "../clock.ts";
import { silent } from "../log.ts";
import { device, endpoint, held, house, outgoing, raw, received } from "./house.ts";

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

/** Tells the store that a target has all up to a place. */
const delivered = (store: Store, target: Target, place: number, now: number) =>
  store.deliveries.exchange({
    settled: [],
    held: [],
    arrivals: [],
    delivered: new Map(),
    together: new Map(),
    cursors: new Map([[target, place]]),
    opened: new Map(),
    want: new Map(),
    probes: new Map(),
    now,
  });

test("a tenant that keeps no contents loses them once all who are owed them have them, and no sooner", async () => {
  const target: Target = "webhook:w";
  const { store, clock, dir } = await house({ targetsOf: () => [target] });
  await store.endpoints.put(endpoint("https://example.com/"));
  await store.tenants.create({
    id: "kept",
    name: "kept",
    deviceLimit: null,
    limits: {},
    mediaLinks: true,
    createdAt: 0,
  });
  const other = await lived(store, clock, "kept", "d2");
  await other.write("OTHERTENANT");
  const hold = await held(store);
  const before = { event: { ...received(chat, "BEFOREWORD"), at: clock.now() }, said: stored("S0", 1, "BEFOREWORD") };
  await store.ledger.record(hold, { events: [before.event], history: [{ type: "said", said: before.said }] });
  await store.lifetimes.setTenant("default", { ...keep, contents: "until_delivered" });
  const work = janitor(store, clock, { owedTo: () => [target] });
  const bytes = async function* () {
    yield new TextEncoder().encode("FILEWORD");
  };
  const kept = await store.media.keep(bytes(), 1_000);
  await store.ledger.record(hold, {
    events: [
      { ...received(chat, "EVENTWORD"), at: clock.now() },
      {
        type: "device.disconnected",
        at: clock.now(),
        chat: null,
        once: "x",
        data: { reason: "requested", will_retry: true },
      },
    ],
    history: [{ type: "said", said: stored("S1", 1, "SAIDWORD") }],
    media: [{ id: "f1", mime: "text/plain", name: null, remote: null, ...kept }],
  });
  await store.media.update("f1", { state: "ready" });
  await store.messages.queue(
    "d1",
    outgoing("m1", { content: { kind: "text", text: "SENTWORD" }, createdAt: clock.now() }),
  );
  await store.messages.queue(
    "d1",
    outgoing("m2", { content: { kind: "text", text: "WAITSWORD" }, createdAt: clock.now() }),
  );
  const sent = { waId: "WA-m1", state: "sent", at: clock.now(), wire: new TextEncoder().encode("SENTWORD") } as const;
  await store.ledger.record(hold, { events: [], messages: [sent] });
  const words = ["BEFOREWORD", "EVENTWORD", "SAIDWORD", "FILEWORD", "SENTWORD", "WAITSWORD", "OTHERTENANT"];
  const there = () => {
    const media = join(dir, "media", kept.sha256.slice(0, 2), kept.sha256);
    const files = [join(dir, "merpati.sqlite"), join(dir, "merpati.sqlite-wal"), media].flatMap((file) => {
      try {
        return [readFileSync(file)];
      } catch {
        return [];
      }
    });
    return words.filter((word) => files.some((file) => file.includes(word)));
  };
  const minutes = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      clock.wind(60_000);
      await work.sweep();
    }
  };
  await minutes(30);
  expect(there()).toEqual(words); // nobody has it yet
  const { events } = await store.deliveries.read({ target, after: 0, limit: 9 });
  await delivered(store, target, events.at(-1)?.place ?? 0, clock.now());
  await minutes(1);
  // Sent and in nobody's hands: who cannot read it may ask for it again.
  expect(there()).toEqual(["SENTWORD", "WAITSWORD", "OTHERTENANT"]);
  expect(await texts(store, "d1")).toEqual([]);
  await store.ledger.record(hold, {
    events: [],
    messages: [{ waId: "WA-m1", delivery: "delivered", at: clock.now() }],
  });
  await minutes(12);
  expect(there()).toEqual(["WAITSWORD", "OTHERTENANT"]);
  expect(await store.messages.get("d1", "m1")).toMatchObject({
    state: "sent",
    delivery: "delivered",
    content: { kind: "text", text: "" },
    context: {},
    wire: null,
  });
  expect(await store.media.get("f1")).toBeNull();
  const left = raw(dir).query<{ type: string }, []>("SELECT type FROM event WHERE device = 'd1'").all();
  expect(left).toEqual([{ type: "device.disconnected" }]);
});

test("what is removed takes its lifetimes along", async () => {
  const { store, dir } = await house();
  await store.tenants.create({
    id: "acme",
    name: "acme",
    deviceLimit: null,
    limits: {},
    mediaLinks: true,
    createdAt: 0,
  });
  await store.devices.create(device("d1", { tenant: "acme" }));
  await store.lifetimes.setTenant("acme", { ...keep, eventDays: 1 });
  await store.lifetimes.setDevice("acme", "d1", { eventDays: 1, historyDays: null });
  await store.devices.remove("d1");
  await store.tenants.remove("acme");
  expect(raw(dir).query("SELECT * FROM lifetime").all()).toEqual([]);
});
