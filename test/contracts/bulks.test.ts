import { expect } from "bun:test";
import { messageStatuses } from "../../src/core/model/message/message.ts";
import type { Tally } from "../../src/core/ports/bulk.ts";
import { held, outgoing } from "../store/house.ts";
import { holds } from "./grounds.ts";

const day = 24 * 3_600_000;
const bulk = { id: "b1", device: "d1", total: 2, createdAt: 1, cancelledAt: null, doneAt: null };
const none = Object.fromEntries(messageStatuses.map((each) => [each, 0])) as Tally;
const drafted = (...ids: string[]) =>
  ids.map((id) => ({ message: outgoing(id, { chat: `${id}@s.whatsapp.net` }), wait: null }));

holds("what became of a bulk outlives its messages, and goes a while after its end", async (open) => {
  const { store, clock } = await open();
  const hold = await held(store);
  await store.bulks.queue(bulk, drafted("m1", "m2"), null);
  expect(await store.bulks.tally(bulk)).toEqual({ ...none, queued: 2 });
  const at = clock.now();
  const sent = { state: "sent", sentAt: at, at } as const;
  await store.ledger.record(hold, {
    events: [],
    messages: [
      { waId: "WA-m1", ...sent },
      { waId: "WA-m2", ...sent },
    ],
  });
  expect(await store.bulks.running("d1")).toEqual([bulk]);
  const tally = { ...none, sent: 2 };
  await store.ledger.record(hold, { events: [], bulks: [{ id: "b1", doneAt: at, tally }] });
  expect(await store.bulks.running("d1")).toEqual([]);

  await store.history.erase("d1", ["m1@s.whatsapp.net"]);
  const done = await store.bulks.get("d1", "b1");
  if (done === null) throw new Error("no bulk");
  expect((await store.bulks.messages("d1", "b1", { status: null, after: null, limit: 9 })).items).toHaveLength(1);
  expect(await store.bulks.tally(done)).toEqual(tally);

  const prune = (now: number) => store.retention.prune({ now, due: now, maxAge: 99 * day, maxBytes: 1e9, owedTo: [] });
  await prune(at + 13 * day);
  expect(await store.bulks.get("d1", "b1")).not.toBeNull();
  await prune(at + 15 * day);
  expect(await store.bulks.get("d1", "b1")).toBeNull();
});

holds("a device takes its bulks with it", async (open) => {
  const { store } = await open();
  await held(store);
  await store.bulks.queue(bulk, drafted("m1", "m2"), null);
  await store.devices.remove("d1");
  expect(await store.bulks.get("d1", "b1")).toBeNull();
});

holds("a bulk that writes to everybody once knows whom it reached, by all names", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const [jid, lid] = ["m1@s.whatsapp.net", "84000000000001@lid"];
  const person = { jid, phone: "m1", lid, username: null };
  await store.ledger.record(hold, {
    events: [],
    people: [{ person, names: [jid, lid], formerly: [], source: "message", at: 1 }],
  });
  await store.bulks.queue({ ...bulk, once: true }, drafted("m1", "m2"), null);
  expect(await store.bulks.get("d1", "b1")).toEqual(bulk);
  expect(await store.bulks.reached("d1", "b1")).toEqual([]);
  const made = (waId: string) => ({ waId, state: "sending", wire: new Uint8Array([1]), at: 1 }) as const;
  await store.ledger.record(hold, {
    events: [],
    messages: [made("WA-m1"), { waId: "WA-m2", state: "sending", at: 1 }],
  });
  const [first, ...others] = (await store.bulks.reached("d1", "b1")) ?? [];
  expect({ waId: first?.waId, names: first?.names.toSorted() }).toEqual({ waId: "WA-m1", names: [lid, jid] });
  expect(others).toEqual([]);
  await store.ledger.record(hold, { events: [], messages: [{ waId: "WA-m1", state: "failed", at: 2 }] });
  expect(await store.bulks.reached("d1", "b1")).toEqual([]);
  await store.bulks.queue({ ...bulk, id: "b2" }, drafted("m3"), null);
  expect(await store.bulks.reached("d1", "b2")).toBeNull();
});
