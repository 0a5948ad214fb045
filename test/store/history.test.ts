import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ChatQuery, HistoryChange, NewStoredMessage } from "../../src/core/ports/history.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { held, house, known, raw } from "./house.ts";

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

async function kept(store: Store, device: string, id: string, bytes: string) {
  const { sha256, size } = await store.media.keep(new Blob([bytes]).stream(), 1_000);
  const file = { id, tenant: "default", device, mime: "image/jpeg", name: null, size, sha256 };
  const rest = {
    state: "ready",
    reason: null,
    remote: null,
    facts: {},
    thumbnail: null,
    createdAt: 0,
    usedAt: 0,
  } as const;
  await store.media.add({ ...file, ...rest });
  const content = {
    kind: "image" as const,
    mime: file.mime,
    size,
    sha256,
    media_id: id,
    url: "u",
    state: "ready" as const,
  };
  return { sha256, content };
}

const bytesIn = (dir: string) =>
  existsSync(join(dir, "media"))
    ? readdirSync(join(dir, "media"), { recursive: true, encoding: "utf8" }).filter((name) => name.length > 60)
    : [];

test("unread rises with what comes in, and falls when the owner writes or reads", async () => {
  const { store } = await house();
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

test("a chat is read as far as the last message seen", async () => {
  const { store } = await house();
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

test("a message from the far future stands on top for a day", async () => {
  const { store, clock } = await house();
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

test("a person has one chat, by whatever name they write; two that turn out to be one are joined", async () => {
  const { store } = await house();
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

test("the list of chats has each once, however it is paged", async () => {
  const { store } = await house();
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

test("search finds all of the words, the last unfinished; nothing in it is syntax", async () => {
  const { store } = await house();
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

test("a message of a group is never found in another chat, one of two by number and by LID", async () => {
  const { store } = await house();
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

test("a message is elsewhere when no name of the chat is its own", async () => {
  const { store } = await house();
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

test("files of one content are one file, and go with the last that names them", async () => {
  const { store, dir } = await house();
  await held(store);
  await kept(store, "d1", "m1", "same");
  await kept(store, "d1", "m2", "same");
  expect(bytesIn(dir)).toHaveLength(1);
  const policy = { now: 10 * day, due: 0, owedTo: [], maxAge: day, maxBytes: 1e12 };
  await store.retention.prune({ ...policy, maxHistoryAge: 20 * day });
  expect(bytesIn(dir)).toHaveLength(1);
  await store.retention.prune({ ...policy, maxHistoryAge: day });
  expect(bytesIn(dir)).toHaveLength(0);
  expect(await store.media.get("m1")).toBeNull();
});

test("a file above the limit, or whose source breaks off, leaves nothing behind", async () => {
  const { store, dir } = await house();
  const big = new Blob(["x".repeat(2_000)]).stream();
  expect(await store.media.keep(big, 1_000).catch((error: unknown) => error)).toMatchObject({ code: "too_large" });
  const broken = (async function* () {
    yield new Uint8Array(10);
    throw new Error("cut");
  })();
  expect(await store.media.keep(broken, 1_000).catch(String)).toContain("cut");
  expect(readdirSync(join(dir, "media"))).toEqual([]);
});

test("a chat goes by its own name, else by its contact's, however it is addressed", async () => {
  const { store } = await house();
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

test("erasing a person takes their messages, files, chat and name, and nobody else's", async () => {
  const { store, dir } = await house();
  const hold = await held(store);
  const { content } = await kept(store, "d1", "m1", "hers");
  await kept(store, "d1", "m2", "his");
  const other = "628999000111@s.whatsapp.net";
  await store.ledger.record(hold, {
    events: [],
    contacts: [{ phone: "628123456789", lid: null, name: null, pushName: "Ann" }],
    history: [
      { type: "said", said: said("1", { content }) },
      { type: "said", said: said("2", { chat: "1@g.us" }) },
      { type: "said", said: said("3", { chat: other, sender: other }) },
    ],
  });
  expect(await store.history.erase("d1", [ann])).toBe(2);
  expect(await store.history.chat("d1", ann)).toBeNull();
  expect(await store.contacts.list("d1", { search: null, after: null, limit: 9 })).toEqual([]);
  expect(bytesIn(dir)).toHaveLength(1);
  const left = await store.history.page("d1", { chat: null, search: null, before: null, limit: 9 });
  expect(left.map((each) => each.message.id)).toEqual(["3"]);
});

test("a device that goes takes everything of its own along", async () => {
  const { store, dir } = await house();
  const hold = await held(store);
  await kept(store, "d1", "m1", "bytes");
  await store.ledger.record(hold, {
    events: [],
    contacts: [{ phone: "1", lid: null, name: "A", pushName: null }],
    history: [{ type: "said", said: said("1") }],
  });
  await store.devices.remove("d1");
  expect(bytesIn(dir)).toEqual([]);
  expect(await store.history.chats("d1", { after: null, limit: 9 })).toEqual([]);
  expect(await store.contacts.list("d1", { search: null, after: null, limit: 9 })).toEqual([]);
});

test("a search walks through the words of its own device, and finds what punctuation stands around", async () => {
  const { store, dir } = await house();
  const [mine, theirs] = [await held(store, "d1"), await held(store, "d2")];
  const say = (hold: typeof mine, id: string, text: string) =>
    store.ledger.record(hold, {
      events: [],
      history: [{ type: "said", said: said(id, { content: { kind: "text", text } }) }],
    });
  await say(mine, "1", "Hello, (world)! été_1");
  for (let n = 0; n < 50; n++) await say(theirs, `t${n}`, `world ${n}`);
  const search = async (device: string, words: string) =>
    (await store.history.page(device, { chat: null, search: words, before: null, limit: 500 })).length;
  expect(await search("d1", "world")).toBe(1);
  expect(await search("d1", "hello wor")).toBe(1);
  expect(await search("d1", "ETE")).toBe(1);
  expect(await search("d1", "1")).toBe(1);
  expect(await search("d2", "w")).toBe(50);
  const terms = raw(dir).query<{ n: number }, []>(
    "SELECT count(*) AS n FROM said_words WHERE said_words MATCH 'world*'",
  );
  expect(terms.get()).toEqual({ n: 0 }); // no word stands in the index without its device
});
