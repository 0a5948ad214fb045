import { expect } from "bun:test";
import type { ChatQuery, HistoryChange, NewStoredMessage } from "../../src/core/ports/history.ts";
import { held, known } from "../store/house.ts";
import { holds } from "./grounds.ts";

const ann = "628123456789@s.whatsapp.net";
const day = 24 * 3_600_000;

const said = (id: string, changes: Partial<NewStoredMessage> = {}): NewStoredMessage => ({
  id,
  chat: ann,
  sender: ann,
  fromMe: false,
  pushName: "Ann",
  at: 1_000,
  content: { kind: "text", text: `words of ${id}` },
  context: {},
  wire: new Uint8Array([1]),
  ...changes,
});

holds("unread rises with what comes in, and falls when the owner writes or reads", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const say = (one: NewStoredMessage) =>
    store.ledger.record(hold, { events: [], history: [{ type: "said", said: one }] });
  const unread = async () => (await store.history.chat("d1", ann))?.unread;
  await say(said("1"));
  await say(said("2"));
  await say(said("2"));
  expect(await unread()).toBe(2);
  await say(said("3", { fromMe: true, sender: "me" }));
  expect(await unread()).toBe(0);
  await say(said("4"));
  await store.ledger.record(hold, { events: [], history: [{ type: "read", chat: ann }] });
  expect(await unread()).toBe(0);
});

holds("a chat is read as far as the last message seen", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const write = (...history: HistoryChange[]) => store.ledger.record(hold, { events: [], history });
  const unread = async () => (await store.history.chat("d1", ann))?.unread;
  await write(...["1", "2", "3"].map((id) => ({ type: "said", said: said(id) }) as const));
  await write({ type: "read", chat: ann, id: "1" });
  expect(await unread()).toBe(2);
  // What was told before is no news.
  await write({ type: "read", chat: ann, id: "1" });
  expect(await unread()).toBe(2);
  await write({ type: "read", chat: ann, id: "3" });
  expect(await unread()).toBe(0);
});

holds("a message from the far future stands on top for a day", async (open) => {
  const { store, clock } = await open();
  const hold = await held(store);
  const bea = "628123456788@s.whatsapp.net";
  const say = (one: NewStoredMessage) =>
    store.ledger.record(hold, { events: [], history: [{ type: "said", said: one }] });
  const order = async () => (await store.history.chats("d1", { after: null, limit: 9 })).map(({ jid }) => jid);
  await say(said("1", { at: Date.UTC(2099, 0) }));
  await say(said("2", { chat: bea, sender: bea, at: clock.now() + day }));
  expect((await store.history.chat("d1", ann))?.lastAt).toBe(clock.now() + day);
  clock.wind(day + 1);
  await say(said("4", { chat: bea, sender: bea, at: clock.now() }));
  expect(await order()).toEqual([bea, ann]);
});

holds("a person has one chat, by whatever name they write; two that turn out to be one are joined", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const lid = "84729104638201@lid";
  const write = (batch: object) => store.ledger.record(hold, { events: [], ...batch });
  await write({
    history: [
      { type: "said", said: said("1", { at: 1_000 }) },
      { type: "said", said: said("2", { at: 2_000, chat: lid, sender: lid }) },
      { type: "chat", chat: lid, change: { archived: true } },
      { type: "chat", chat: ann, change: { pinned: true } },
      { type: "label", label: { id: "1", name: "Paid", color: 0 } },
      { type: "labelled", label: "1", chat: lid, message: null, labelled: true },
    ],
  });
  const list = () => store.history.chats("d1", { after: null, limit: 9 });
  expect((await list()).map(({ jid }) => jid)).toEqual([ann, lid]);
  await write({ contacts: [{ phone: null, lid, name: null, pushName: "Ann" }] });
  await write({ people: [known("628123456789", lid, lid)] });
  const joined = { jid: ann, name: "Ann", unread: 2, lastAt: 2_000, archived: true, pinned: true, labels: ["1"] };
  expect(await list()).toMatchObject([joined]);
  // From now on there is one only.
  await write({ history: [{ type: "said", said: said("3", { at: 3_000, chat: lid, sender: lid }) }] });
  expect(await list()).toMatchObject([{ jid: ann, unread: 3, lastAt: 3_000 }]);
  expect(await store.history.chat("d1", lid)).toMatchObject({ jid: ann, unread: 3 });
  for (const chat of [ann, lid]) {
    const page = (before: number | null) => store.history.page("d1", { chat, search: null, before, limit: 2 });
    const first = await page(null);
    expect(first.map((each) => each.message.id)).toEqual(["3", "2"]);
    expect((await page(first.at(-1)?.place ?? null)).map((each) => each.message.id)).toEqual(["1"]);
  }
  await write({ history: [{ type: "read", chat: lid }] });
  expect(await list()).toMatchObject([{ unread: 0 }]);
});

holds("the list of chats has each once, however it is paged", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const jids = Array.from({ length: 12 }, (_, place) => `62800000000${String(place).padStart(2, "0")}@s.whatsapp.net`);
  await store.ledger.record(hold, {
    events: [],
    history: jids.flatMap((jid, place) => [
      // Several in the same moment; the oldest ones are pinned.
      {
        type: "said" as const,
        said: said(String(place), { chat: jid, sender: jid, at: Math.floor(place / 3) * 1_000 }),
      },
      { type: "chat" as const, chat: jid, change: { pinned: place < 4 } },
    ]),
  });
  const whole = await store.history.chats("d1", { after: null, limit: 99 });
  expect(whole.map(({ pinned }) => pinned)).toEqual(jids.map((_, place) => place < 4));
  const paged: string[] = [];
  for (let after: ChatQuery["after"] = null; ;) {
    const page = await store.history.chats("d1", { after, limit: 5 });
    paged.push(...page.map(({ jid }) => jid));
    after = page.at(-1) ?? null;
    if (page.length < 5) break;
  }
  expect(paged).toEqual(whole.map(({ jid }) => jid));
});

holds("search finds all of the words, the last unfinished; nothing in it is syntax", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const say = (id: string, text: string) =>
    store.ledger.record(hold, {
      events: [],
      history: [{ type: "said", said: said(id, { content: { kind: "text", text } }) }],
    });
  await say("1", "Nasi goreng spesial");
  await say("2", "Crème brûlée");
  const find = async (search: string) =>
    (await store.history.page("d1", { chat: null, search, before: null, limit: 9 })).map((each) => each.message.id);
  expect(await find("goreng nas")).toEqual(["1"]);
  expect(await find("creme")).toEqual(["2"]);
  expect(await find('goreng" OR "creme')).toEqual([]);
  expect(await find("*")).toEqual([]);
  await store.ledger.record(hold, {
    events: [],
    history: [{ type: "deleted", chat: ann, author: ann, id: "1", at: 5 }],
  });
  expect(await find("goreng")).toEqual([]);
});

holds("a message of a group is never found in another chat, one of two by number and by LID", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const lid = "84729104638201@lid";
  const history = [
    { type: "said" as const, said: said("A", { chat: "1@g.us" }) },
    { type: "said" as const, said: said("B") },
  ];
  await store.ledger.record(hold, { events: [], people: [known("628123456789", lid)], history });
  const find = (chat: string, author: string | null, id: string) => store.history.find("d1", { chat, author, id });
  expect(await find(ann, null, "A")).toBeNull();
  expect(await find("2@g.us", null, "A")).toBeNull();
  expect((await find(lid, null, "B"))?.id).toBe("B");
  expect((await find(lid, lid, "B"))?.id).toBe("B");
  expect(await find(lid, "me", "B")).toBeNull();
});

holds("a message is elsewhere when no name of the chat is its own", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const [lid, other] = ["84729104638201@lid", "84729104638299@lid"];
  const status = { chat: "status@broadcast", sender: lid };
  const history = [
    { type: "said" as const, said: said("G", { chat: "1@g.us" }) },
    { type: "said" as const, said: said("L", { chat: lid }) },
    { type: "said" as const, said: said("S", status) },
    { type: "said" as const, said: said("M", { ...status, fromMe: true }) },
  ];
  await store.ledger.record(hold, { events: [], history });
  const at = (chat: string, id: string) => store.history.elsewhere("d1", chat, id);
  expect(await at(ann, "none")).toBeNull();
  expect(await at(ann, "G")).toBe("1@g.us");
  expect(await at("1@g.us", "G")).toBeNull();
  expect(await at("1@g.us", "S")).toBe("status@broadcast");
  expect(await at(other, "L")).toBe(lid);
  // Nobody said yet that they are one.
  expect(await at(ann, "L")).toBe(lid);
  await store.ledger.record(hold, { events: [], people: [known("628123456789", lid, lid)] });
  expect(await at(ann, "L")).toBeNull();
  expect(await at(ann, "S")).toBeNull();
  expect(await at(other, "S")).toBe("status@broadcast");
  expect(await at(other, "M")).toBeNull();
  expect(await at("628199999999@s.whatsapp.net", "L")).toBe(ann);
});

holds("a chat goes by its own name, else by its contact's, however it is addressed", async (open) => {
  const { store } = await open();
  const hold = await held(store);
  const lid = "84729104638201@lid";
  await store.ledger.record(hold, {
    events: [],
    people: [known("628123456789", lid)],
    contacts: [{ phone: "628123456789", lid, name: null, pushName: "Ann" }],
    history: [
      { type: "said", said: said("1") },
      { type: "said", said: said("2", { chat: lid, sender: lid }) },
      { type: "said", said: said("3", { chat: "1@g.us" }) },
      { type: "named", chat: "1@g.us", name: "Family" },
    ],
  });
  const name = async (jid: string) => (await store.history.chat("d1", jid))?.name;
  expect([await name(ann), await name(lid), await name("1@g.us")]).toEqual(["Ann", "Ann", "Family"]);
});
