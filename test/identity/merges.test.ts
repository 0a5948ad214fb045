import { expect, test } from "bun:test";
import { type BotEvent, is } from "../../src/core/model/events/events.ts";
import type { Signal } from "../../src/core/ports/connector.ts";
import type { SeenNames } from "../../src/core/model/person.ts";
import { outgoing } from "../store/house.ts";
import { type Listening, listening } from "./listening.ts";

const [phone, lid] = ["628777000111", "99000000000001@lid"];
const number = `${phone}@s.whatsapp.net`;
let count = 0;

function says(jid: string, names: SeenNames[] = []): Signal {
  const id = `M${count++}`;
  const wire = { chat: jid, sender: jid };
  const facts = { fromMe: false, isGroup: false, pushName: "Dewi", timestamp: 1_796_000_000 + count };
  const message = { id, ...wire, ...facts, names, wire, content: { kind: "text" as const, text: id }, context: {} };
  return { type: "message", wire: new Uint8Array([1]), remote: null, message };
}

const both: SeenNames = { phone, lid, username: null, source: "message" };
const updates = ({ events }: Listening) =>
  events.filter((event): event is BotEvent<"contact.updated"> => is(event, "contact.updated"));
const chats = async ({ store }: Listening) => store.history.chats("d1", { after: null, limit: 9 });

test("two that turn out to be one person are one chat, one contact and one queue, and that is told", async () => {
  const bot = await listening();
  const { store } = bot;
  await bot.hear([says(number)]);
  await bot.hear([says(lid)]);
  expect((await chats(bot)).map(({ jid }) => jid).toSorted()).toEqual([number, lid].toSorted());
  await store.messages.queue("d1", outgoing("late", { chat: lid }));
  await bot.hear([says(lid, [both])]);
  expect(await chats(bot)).toMatchObject([{ jid: number, phone, lid, unread: 3, name: "Dewi" }]);
  expect(await store.contacts.list("d1", { search: null, after: null, limit: 9 })).toMatchObject([{ jid: number }]);
  expect((await store.messages.unsent("d1", number, 9)).map(({ id }) => id)).toEqual(["late"]);
  expect((await store.contactHistory.get("d1", lid))?.heardAt).not.toBeNull();
  const [told] = updates(bot);
  expect(told?.data).toMatchObject({ jid: number, phone, lid, changed: ["jid"] });
  expect(told?.data.previous?.map(({ jid }) => jid).toSorted()).toEqual([number, lid].toSorted());
  // From then on, whatever the stanza says.
  await bot.hear([says(lid)]);
  expect(bot.events.at(-1)?.data).toMatchObject({
    chat: number,
    chat_phone: phone,
    sender_lid: lid,
    wire: { chat: lid },
  });
});

test("what was queued for somebody by the LID stands in their queue once they are met, in order", async () => {
  const bot = await listening();
  const { messages } = bot.store;
  const ids = async (jid: string) => (await messages.unsent("d1", jid, 9)).map(({ id }) => id);
  await messages.queue("d1", outgoing("first", { chat: lid }));
  await messages.queue("d1", outgoing("other", { chat: "99000000000009@lid" }));
  await messages.queue("d1", outgoing("second", { chat: lid }));
  await bot.hear([says(lid, [both])]);
  await messages.queue("d1", outgoing("third", { chat: lid }));
  expect(bot.events.at(-1)?.data).toMatchObject({ chat: number });
  for (const jid of [number, lid]) {
    expect(await ids(jid)).toEqual(["first", "second", "third"]);
    expect((await messages.nextIn("d1", Date.now(), jid))?.id).toBe("first");
  }
  expect(await ids("99000000000009@lid")).toEqual(["other"]);
});

test("a chat keeps its name when the number of a person becomes known", async () => {
  const bot = await listening();
  await bot.hear([says(lid)]);
  await bot.hear([says(number, [both])]);
  expect(bot.events.at(-1)?.data).toMatchObject({ chat: lid, chat_phone: phone, chat_lid: lid });
  expect(updates(bot)).toEqual([]);
  const resolved = bot.events.filter((event) => is(event, "contact.resolved"));
  expect(resolved.map(({ data }) => data)).toEqual([{ jid: lid, phone, lid, username: null }]);
});

test("a number that changes takes chat, history, label and consent along", async () => {
  const bot = await listening();
  const { store } = bot;
  await bot.hear([says(number, [both])]);
  const label = { type: "label" as const, label: { id: "1", name: "Paid", color: 0 } };
  const labelled = { type: "labelled" as const, label: "1", chat: number, message: null, labelled: true };
  await bot.hear([{ type: "learned", contacts: [], history: [label, labelled] }]);
  const names = (digits: string) => ({ jid: `${digits}@s.whatsapp.net`, phone: digits, lid, username: null });
  const data = { ...names("628777000222"), previous: names(phone) };
  await bot.hear([{ type: "news", news: { type: "contact.number_changed", chat: null, at: 1, data } }]);
  const now = "628777000222@s.whatsapp.net";
  expect(await chats(bot)).toMatchObject([{ jid: now, phone: "628777000222", lid, labels: ["1"] }]);
  expect((await store.contactHistory.get("d1", now))?.heardAt).not.toBeNull();
  expect(updates(bot).at(-1)?.data).toMatchObject({ jid: now, changed: ["jid", "phone"] });
  // The former number still leads to them, until somebody else has it.
  expect((await store.persons.find("d1", number))?.jid).toBe(now);
  const other = "99000000000002@lid";
  await bot.hear([says(number, [{ ...both, lid: other }])]);
  expect(bot.events.at(-1)?.data).toMatchObject({ chat: number, chat_lid: other });
  expect((await store.persons.find("d1", now))?.lid).toBe(lid);
  expect(await chats(bot)).toHaveLength(2);
});

test("two people who are known by both names are never made one", async () => {
  const bot = await listening();
  const other = { phone: "628777000333", lid: "99000000000003@lid", username: null, source: "message" as const };
  await bot.hear([says(number, [both])]);
  await bot.hear([says(`${other.phone}@s.whatsapp.net`, [other])]);
  // The second one's account is called by the first one's number now.
  await bot.hear([says(other.lid, [{ ...other, phone }])]);
  expect(await bot.store.persons.find("d1", lid)).toMatchObject({ jid: lid, phone: null });
  expect(await bot.store.persons.find("d1", number)).toMatchObject({ jid: number, lid: other.lid });
  const found = await bot.store.history.page("d1", { chat: lid, search: null, before: null, limit: 9 });
  expect(found).toHaveLength(1);
  expect(await bot.store.history.page("d1", { chat: number, search: null, before: null, limit: 9 })).toHaveLength(2);
});

test("a number that leads to somebody else's account takes its chat along, but nobody who has another LID", async () => {
  const bot = await listening();
  const [other, third] = ["6281239456789", "6281239456700"];
  const lookup = (alsoPhones: string[]): Signal => {
    const names = [{ phone: null, lid, alsoPhones, source: "lookup" as const }];
    return { type: "learned", contacts: [], history: [], names };
  };
  await bot.hear([says(number, [both])]);
  await bot.hear([says(`${other}@s.whatsapp.net`)]);
  const theirs = { phone: third, lid: "99000000000007@lid", username: null, source: "message" as const };
  await bot.hear([says(`${third}@s.whatsapp.net`, [theirs])]);
  await bot.hear([lookup([other])]);
  const jids = (await chats(bot)).map(({ jid }) => jid).toSorted();
  expect(jids).toEqual([number, `${third}@s.whatsapp.net`].toSorted());
  expect(updates(bot).at(-1)?.data).toMatchObject({ jid: number, changed: ["jid", "phone"] });
  const page = { chat: `${other}@s.whatsapp.net`, search: null, before: null, limit: 9 };
  expect(await bot.store.history.page("d1", page)).toHaveLength(2);
  await bot.hear([lookup([third])]);
  expect(await bot.store.persons.find("d1", theirs.lid)).toMatchObject({ jid: theirs.lid, phone: null });
  expect(await bot.store.persons.find("d1", `${third}@s.whatsapp.net`)).toMatchObject({ jid: number, phone });
  expect(await bot.store.history.page("d1", { ...page, chat: theirs.lid })).toHaveLength(1);
});

test("an edit and a deletion that come before their message are done to it, and to no other of its id", async () => {
  const bot = await listening();
  await bot.hear([says(number, [both])]);
  const early = (id: string, content: object): Signal => {
    const signal = says(lid);
    if (signal.type !== "message") throw new Error("no message");
    const target = { id, sender: lid, from_me: false };
    return { ...signal, message: { ...signal.message, content: { ...content, target } as never } };
  };
  const [first, second] = [`M${count + 2}`, `M${count + 3}`];
  await bot.hear([early(first, { kind: "edit", content: { kind: "text", text: "new" } })]);
  await bot.hear([early(second, { kind: "delete" })]);
  await bot.hear([says(number), says(number)]);
  const find = (id: string) => bot.store.history.find("d1", { chat: number, author: number, id });
  expect((await find(first))?.content).toMatchObject({ text: "new" });
  expect((await find(second))?.deletedAt).not.toBeNull();
});

test("usernames are kept, told when they change, and one is one person's", async () => {
  const bot = await listening();
  await bot.hear([says(lid)]);
  const named = (who: string, username: string): Signal => ({
    type: "learned",
    contacts: [],
    history: [],
    names: [{ lid: who, username, source: "notification" }],
  });
  await bot.hear([named(lid, "dewi.l")]);
  expect(updates(bot).at(-1)?.data).toMatchObject({ jid: lid, username: "dewi.l", changed: ["username"] });
  await bot.hear([says(lid)]);
  expect(bot.events.at(-1)?.data).toMatchObject({ sender_username: "dewi.l", sender_phone: null });
  await bot.hear([named("99000000000009@lid", "dewi.l")]);
  expect(await bot.store.persons.find("d1", lid)).toMatchObject({ username: null });
  expect(await bot.store.persons.find("d1", "@dewi.l")).toMatchObject({ lid: "99000000000009@lid" });
});

const pair = (digits: string, account: string, source: SeenNames["source"]): Signal => ({
  type: "learned",
  contacts: [],
  history: [],
  names: [{ phone: digits, lid: account, username: null, source }],
});
const [elsewhere, account2] = ["628777000333", "99000000000003@lid"];
const found = async ({ store }: Listening, name: string) => {
  const { phone: digits = null, lid: account = null } = (await store.persons.find("d1", name)) ?? {};
  return [digits, account];
};

test("of pairs that contradict each other the one that was told last counts, and both people are told of", async () => {
  const bot = await listening();
  await bot.hear([says(number, [both])]);
  const theirs: SeenNames = { phone: elsewhere, lid: account2, username: null, source: "message" };
  await bot.hear([says(`${elsewhere}@s.whatsapp.net`, [theirs])]);
  await bot.hear([pair(phone, account2, "usync")]);
  expect([await found(bot, number), await found(bot, lid)]).toEqual([
    [phone, account2],
    [null, lid],
  ]);
  expect(updates(bot).map(({ data }) => [data.jid, data.changed])).toEqual([
    [lid, ["jid", "phone"]],
    [number, ["jid", "phone"]],
  ]);
  // What was said stays with the account that said it.
  for (const [chat, count] of [
    [lid, 1],
    [number, 1],
  ] as const)
    expect(await bot.store.history.page("d1", { chat, search: null, before: null, limit: 9 })).toHaveLength(count);
});

test("the past moves what the past told, and nothing that was told since", async () => {
  const bot = await listening();
  await bot.hear([says(number), pair(phone, lid, "history")]);
  expect(updates(bot)).toEqual([]);
  await bot.hear([pair(phone, account2, "history")]);
  expect(await found(bot, number)).toEqual([phone, account2]);
  expect(updates(bot).at(-1)?.data).toMatchObject({ jid: number, lid: account2, changed: ["lid"] });
  // WhatsApp says so too.
  await bot.hear([pair(phone, account2, "message")]);
  await bot.hear([pair(phone, lid, "history"), pair(elsewhere, account2, "history")]);
  expect(await found(bot, number)).toEqual([phone, account2]);
  expect(updates(bot)).toHaveLength(1);
  await bot.hear([pair(elsewhere, account2, "number_change")]);
  expect(await found(bot, account2)).toEqual([elsewhere, account2]);
});

test("a wrong pair that is put right makes nobody one with whoever had their number for a while", async () => {
  const bot = await listening();
  await bot.hear([says(number, [both])]);
  const theirs: SeenNames = { phone: elsewhere, lid: account2, username: null, source: "message" };
  await bot.hear([says(`${elsewhere}@s.whatsapp.net`, [theirs])]);
  await bot.hear([pair(elsewhere, lid, "usync")]);
  expect([await found(bot, lid), await found(bot, account2)]).toEqual([
    [elsewhere, lid],
    [null, account2],
  ]);
  await bot.hear([says(account2, [theirs])]);
  await bot.hear([says(lid, [both])]);
  expect([await found(bot, number), await found(bot, `${elsewhere}@s.whatsapp.net`)]).toEqual([
    [phone, lid],
    [elsewhere, account2],
  ]);
  for (const chat of [lid, account2])
    expect(await bot.store.history.page("d1", { chat, search: null, before: null, limit: 9 })).toHaveLength(2);
});
