import { queueClasses } from "../../src/core/model/queue-class.ts";
import { expect } from "bun:test";
import type { ContactHistoryChange } from "../../src/core/ports/contact-history.ts";
import { held, known, outgoing, refusal } from "../store/house.ts";
import { holds } from "./grounds.ts";

const day = 24 * 3_600_000;

holds("a chat's messages never overtake each other; chats do", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  await store.messages.queue("d1", outgoing("a1", { notBefore: 500 }));
  await store.messages.queue("d1", outgoing("a2"));
  await store.messages.queue("d1", outgoing("b1", { chat: "b@lid" }));
  const next = async (now: number) => (await store.messages.next("d1", now, 1, queueClasses))[0]?.id;
  expect(await next(10)).toBe("b1");
  expect(await next(500)).toBe("a1");
  await store.ledger.record(hold, { events: [], messages: [{ waId: "WA-a1", state: "sending", at: 2 }] });
  expect(await next(500)).toBe("b1");
  await store.ledger.record(hold, { events: [], messages: [{ waId: "WA-a1", state: "sent", sentAt: 3, at: 3 }] });
  expect(await next(500)).toBe("a2");
});

holds("delivery only rises and what was sent stays sent", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  await store.messages.queue("d1", outgoing("m"));
  const change = (fields: object) =>
    store.ledger.record(hold, { events: [], messages: [{ waId: "WA-m", at: 5, ...fields }] });
  const state = async () => {
    const message = await store.messages.byWaId("d1", "WA-m");
    return [message?.state, message?.delivery];
  };
  await change({ state: "sent", sentAt: 4 });
  await change({ delivery: "read" });
  await change({ delivery: "delivered" });
  await change({ state: "failed", reason: "late" });
  expect(await state()).toEqual(["sent", "read"]);
  await change({ delivery: "played" });
  expect(await state()).toEqual(["sent", "played"]);
});

holds("an idempotency key is one message for 14 days", async (open) => {
  const { store } = await open();
  await held(store);
  const first = outgoing("m1", { idempotency: { key: "k", bodyHash: "h" } });
  expect((await store.messages.queue("d1", first)).fresh).toBe(true);
  const again = await store.messages.queue("d1", { ...first, id: "m2", waId: "WA2" });
  expect([again.fresh, again.message.id]).toEqual([false, "m1"]);
  const other = { ...first, id: "m3", waId: "WA3", idempotency: { key: "k", bodyHash: "other" } };
  expect(await refusal(store.messages.queue("d1", other))).toStartWith("idempotency_conflict: ");
  const later = await store.messages.queue("d1", { ...other, createdAt: 1 + 14 * day });
  expect([later.fresh, later.message.id]).toEqual([true, "m3"]);
});

holds("a full queue refuses, what was sending is queued again", async (open) => {
  const { store } = await open({ queueLimit: 2 });
  const hold = await held(store);
  await store.messages.queue("d1", outgoing("m1"));
  await store.messages.queue("d1", outgoing("m2"));
  expect(await refusal(store.messages.queue("d1", outgoing("m3")))).toStartWith("queue_full: ");
  await store.messages.take(hold, ["WA-m1"], 2);
  expect(await store.messages.next("d1", 9, 1, queueClasses)).toEqual([]);
  expect(await store.messages.requeue(hold)).toBe(1);
  expect((await store.messages.next("d1", 9, 1, queueClasses))[0]?.waId).toBe("WA-m1");
});

holds("a queue has room for as many as left it, for single messages and for bulks", async (open) => {
  const { store } = await open({ queueLimit: 3 });
  const hold = await held(store);
  const queue = (...ids: string[]) => {
    const messages = ids.map((id) => ({ message: outgoing(id), wait: null }));
    const bulk = { id: `b-${ids[0]}`, device: "d1", total: ids.length, createdAt: 1, cancelledAt: null, doneAt: null };
    return store.bulks.queue(bulk, messages, null);
  };
  const leave = (waId: string) =>
    store.ledger.record(hold, { events: [], messages: [{ waId, state: "sent", sentAt: 2, at: 2 }] });
  await store.messages.queue("d1", outgoing("m1"));
  expect(await refusal(queue("m2", "m3", "m4"))).toStartWith("queue_full: 1 of the 3");
  await queue("m2", "m3");
  expect(await refusal(store.messages.queue("d1", outgoing("m4")))).toStartWith("queue_full: ");
  await leave("WA-m1");
  await store.messages.queue("d1", outgoing("m5"));
  expect(await refusal(store.messages.queue("d1", outgoing("m6")))).toStartWith("queue_full: ");
  await leave("WA-m2");
  await leave("WA-m3");
  await queue("m7", "m8");
  expect(await refusal(queue("m9"))).toStartWith("queue_full: ");
});

holds("one message of a chat may leave at a time, of as many chats as are asked for", async (open) => {
  const { store } = await open();
  await held(store);
  const chats = ["x", "y", "x", "z", "y"].map((name) => `${name}@lid`);
  for (const [place, chat] of chats.entries()) await store.messages.queue("d1", outgoing(`m${place}`, { chat }));
  const next = async (limit: number) => (await store.messages.next("d1", 9, limit, queueClasses)).map(({ id }) => id);
  expect([await next(2), await next(9)]).toEqual([
    ["m0", "m1"],
    ["m0", "m1", "m3"],
  ]);
  const nextIn = async (chat: string) => (await store.messages.nextIn("d1", 9, chat))?.id ?? null;
  expect([await nextIn("x@lid"), await nextIn("nobody@lid")]).toEqual(["m0", null]);
});

holds("the most welcome leave first, and who has written is the most welcome, by either address", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const [pn, lid] = ["62811@s.whatsapp.net", "a@lid"];
  await store.ledger.record(hold, { events: [], people: [known("62811", lid)] });
  await store.messages.queue("d1", outgoing("cold", { chat: "b@lid", priority: 3 }));
  await store.messages.queue("d1", outgoing("ann", { chat: pn, priority: 3, notBefore: 900 }));
  await store.messages.queue("d1", outgoing("group", { chat: "1@g.us", priority: 2 }));
  const next = async () => (await store.messages.next("d1", 10, 1, queueClasses))[0]?.id;
  expect(await next()).toBe("group");
  const meet = (change: ContactHistoryChange) => store.ledger.record(hold, { events: [], contactHistory: [change] });
  await meet({ chat: lid, heardAt: 5 });
  expect(await next()).toBe("ann");
  expect(await store.contactHistory.get("d1", pn)).toEqual({ heardAt: 5, saidAt: null, heldUntil: null });
  await meet({ chat: pn, saidAt: 100_000 });
  await meet({ chat: pn, heldUntil: 300_000 });
  expect(await store.contactHistory.get("d1", lid)).toEqual({ heardAt: 5, saidAt: 100_000, heldUntil: 300_000 });
  await meet({ chat: pn, heardAt: 6 });
  expect(await store.contactHistory.get("d1", lid)).toEqual({ heardAt: 6, saidAt: 100_000, heldUntil: null });
  await store.contactHistory.forget("d1");
  expect(await store.contactHistory.get("d1", pn)).toBeNull();
});
