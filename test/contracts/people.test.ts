import { expect } from "bun:test";
import { held, known } from "../store/house.ts";
import { holds } from "./grounds.ts";

const [number, lid] = ["628111@s.whatsapp.net", "84111@lid"];
const says = { phone: "628111", lid: null, name: null, pushName: "Ann" };

holds("every name that was seen leads to its person, and to nobody of another device", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  await store.ledger.record(hold, { events: [], people: [known("628111", lid)] });
  const person = { jid: number, phone: "628111", lid, username: null };
  for (const name of [number, lid]) expect(await store.persons.find("d1", name)).toEqual(person);
  expect([await store.persons.find("d1", "84999@lid"), await store.persons.find("d2", lid)]).toEqual([null, null]);
});

holds("a contact keeps what a change does not say, and one of nobody known says nothing", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const write = (contact: object) => store.ledger.record(hold, { events: [], contacts: [{ ...says, ...contact }] });
  await write({ onlyKnown: true });
  const find = () => store.contacts.find("d1", { phone: "628111", lid: null });
  expect(await find()).toEqual([]);
  await write({});
  await write({ name: "Ann Lee", pushName: null });
  await write({ pushName: "Annie", onlyKnown: true });
  const contact = { jid: number, phone: "628111", lid: null, username: null, name: "Ann Lee", pushName: "Annie" };
  expect(await find()).toEqual([contact]);
});

holds("two contacts who turn out to be one are one, by either name", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  await store.ledger.record(hold, { events: [], contacts: [says, { phone: null, lid, name: "Lee", pushName: null }] });
  expect(await store.contacts.find("d1", { phone: "628111", lid })).toHaveLength(2);
  await store.ledger.record(hold, { events: [], people: [known("628111", lid, lid)] });
  const contact = { jid: number, phone: "628111", lid, username: null, name: "Lee", pushName: "Ann" };
  expect(await store.contacts.find("d1", { phone: null, lid })).toEqual([contact]);
  expect(await store.contacts.list("d1", { search: null, after: null, limit: 9 })).toEqual([contact]);
});

holds("contacts are listed by name in pages, and found by a part of name or number", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const contacts = ["Ann", "Ben", "cara"].map((pushName, at) => ({ ...says, phone: `62811${at}`, pushName }));
  await store.ledger.record(hold, { events: [], contacts });
  const list = async (search: string | null, after: string | null = null) =>
    (await store.contacts.list("d1", { search, after, limit: 2 })).map(({ pushName }) => pushName);
  expect(await list(null)).toEqual(["Ann", "Ben"]);
  expect(await list(null, "628111@s.whatsapp.net")).toEqual(["cara"]);
  expect([await list("CAR"), await list("8112"), await list("%")]).toEqual([["cara"], ["cara"], []]);
});

holds("labels count what carries them; one that went keeps its number", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const group = "1@g.us";
  const put = (id: string, name: string) => ({ type: "label", label: { id, name, color: 3 } }) as const;
  const on = (label: string, id: string | null, labelled = true, author: string | null = null) =>
    ({ type: "labelled", label, chat: group, message: id === null ? null : { author, id }, labelled }) as const;
  await store.ledger.record(hold, {
    events: [],
    history: [
      put("1", "Paid"),
      put("10", "New"),
      put("2", "Old"),
      on("1", null),
      on("1", "A"),
      on("1", "B"),
      on("2", null),
    ],
  });
  const list = async () => (await store.labels.list("d1")).map(({ id, chats, messages }) => [id, chats, messages]);
  expect(await list()).toEqual([
    ["1", 1, 2],
    ["2", 1, 0],
    ["10", 0, 0],
  ]);
  await store.ledger.record(hold, { events: [], history: [on("1", "B", false), { type: "unlabel", id: "10" }] });
  expect(await store.labels.uses("d1", "1")).toEqual({
    chats: [group],
    messages: [{ chat: group, author: null, id: "A" }],
  });
  // Of who wrote it those who are known stand, and each is taken off alone.
  const ann = "62811@s.whatsapp.net";
  const whose = async (...history: ReturnType<typeof on>[]) => {
    await store.ledger.record(hold, { events: [], history });
    return (await store.labels.uses("d1", "1")).messages.map(({ author }) => author);
  };
  expect(await whose(on("1", "A", true, ann), on("1", "A", true, "me"), on("1", "A"))).toEqual([ann, "me"]);
  expect(await whose(on("1", "A", false, "me"))).toEqual([ann]);
  expect(await whose(on("1", "A", false))).toEqual([]);
  expect([await store.labels.get("d1", "10"), await store.labels.highest("d1")]).toEqual([null, 10]);
  expect(await store.labels.get("d1", "1")).toEqual({ id: "1", name: "Paid", color: 3 });
  expect(await store.labels.highest("d2")).toBe(0);
});
