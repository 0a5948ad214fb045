import { afterAll, beforeAll, expect, test } from "bun:test";
import { startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
const ann = () => bot.contact();
const citra = () => bot.contact("628999000111", "Citra");
beforeAll(async () => {
  bot = await startBot();
  // The phone knew Ann before the bot came.
  await ann().says("From before", { to: bot.phone });
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

async function call(method: string, path: string, body?: unknown) {
  const answer = await bot.call(method, `/v1/devices/default${path}`, body);
  const { data, error } = (await answer.json()) as { data: unknown; error?: string };
  return { status: answer.status, data: data as never, error };
}

test("a message to a group, a mention and a reaction in it", async () => {
  const group = bot.sim.group("Friends", [ann(), bot.phone, citra()]);
  const joined = await bot.device.groups.get(group.id);
  expect(joined.subject).toBe("Friends");
  const sent = await bot.device.outbox.send({
    to: group.id,
    content: { kind: "text", text: `Hi @${ann().number}` },
    mentions: [ann().number],
    mentions_everyone: true,
  });
  const heard = await citra().hears(({ id }) => id === sent.waId);
  expect(heard.message.extendedTextMessage?.contextInfo).toMatchObject({
    mentionedJid: [ann().lid],
    nonJidMentions: 1,
  });

  const said = await ann().says("Hello all", { to: group });
  const { data } = await bot.next("message.received", (event) => event.data.id === said.id);
  expect(data).toMatchObject({ chat: group.id, is_group: true, sender_phone: ann().number, sender_lid: ann().lid });
  const reaction = await bot.device.outbox.send({
    to: group.id,
    content: { kind: "reaction", target: said.id, emoji: "👋" },
  });
  const seen = await ann().hears(({ id }) => id === reaction.waId);
  expect(seen.message.reactionMessage?.key).toMatchObject({
    id: said.id,
    fromMe: false,
    participant: data.wire.sender,
  });
});

test("what was said is listed and found, from before linking too; reading is told", async () => {
  await bot.next("history.synced", ({ data }) => data.messages > 0);
  // The names the phone knew came along, without a word about each.
  const met = await call("GET", `/contacts?search=${ann().number}`);
  expect(met.data).toMatchObject([{ phone: ann().number, lid: ann().lid, name: "Ann", push_name: "Ann" }]);
  expect(bot.events.filter(({ type }) => type.startsWith("contact."))).toEqual([]);
  const said = await ann().says("The quick brown fox");
  await bot.next("message.received", ({ data }) => data.id === said.id);
  const found = await call("GET", "/history?search=brown%20qui");
  expect(found.data).toMatchObject([{ id: said.id, content: { kind: "text", text: "The quick brown fox" } }]);
  const before = await call("GET", `/history?search=before&chat=${ann().number}`);
  expect(before.data).toMatchObject([{ content: { text: "From before" }, from_me: false }]);
  const chats = await call("GET", "/chats");
  expect((chats.data as { jid: string }[]).map(({ jid }) => jid)).toContain(ann().jid);
  const read = await call("POST", `/chats/${ann().number}/read`);
  expect((read.data as { messages: number }).messages).toBeGreaterThan(0);
  await said.seen();
});

test("chats are archived, pinned, muted and starred, here and on the phone", async () => {
  const said = await ann().says("Keep this");
  await bot.next("message.received", ({ data }) => data.id === said.id);
  const at = `/chats/${ann().number}`;
  const until = Math.floor(Date.now() / 1000) + 3_600;
  expect(await call("PATCH", at, { archived: true, pinned: true, muted_until: until })).toMatchObject({ status: 200 });
  expect((await call("PUT", `${at}/messages/${said.id}/star`)).status).toBe(200);
  const low = () => [...bot.phone.appState("regular_low").values()];
  await bot.sim.until(() => low().some(({ archiveChatAction }) => archiveChatAction?.archived === true));
  expect(low().some(({ pinAction }) => pinAction?.pinned === true)).toBe(true);
  const chats = (await call("GET", "/chats")).data as { jid: string }[];
  expect(chats.find(({ jid }) => jid === ann().jid)).toMatchObject({
    archived: true,
    pinned: true,
    muted_until: until,
  });

  bot.phone.archives(ann(), false);
  const { data } = await bot.next("chat.updated", (event) => event.data.archived === false);
  expect(data.chat).toBe(ann().jid);
  bot.phone.savesContact(citra(), "Citra from work");
  const named = await bot.next("contact.updated", (event) => event.data.name === "Citra from work");
  expect(named.data.phone).toBe(citra().number);
});

test("lists come by the page, each entry once", async () => {
  for (const words of ["One", "Two", "Three"]) {
    const said = await citra().says(words);
    await bot.next("message.received", ({ data }) => data.id === said.id);
  }
  const pages = async (path: string, cursor: string, name: (entry: never) => string) => {
    const seen: string[] = [];
    for (let next: string | number | null = ""; next !== null;) {
      const from = next === "" ? "" : `&${cursor}=${encodeURIComponent(next)}`;
      const answer = await bot.call("GET", `/v1/devices/default/${path}?limit=1${from}`);
      const page = (await answer.json()) as { data: never[]; next: string | number | null };
      expect(page.data.length).toBeLessThanOrEqual(1);
      seen.push(...page.data.map(name));
      next = page.next;
    }
    return seen;
  };
  for (const [path, cursor, key] of [
    ["chats", "after", "jid"],
    ["contacts", "after", "jid"],
    ["history", "before", "id"],
  ] as const) {
    const all = (await call("GET", `/${path}?limit=200`)).data as Record<string, string>[];
    expect(all.length).toBeGreaterThan(1);
    expect(await pages(path, cursor, (entry) => entry[key])).toEqual(all.map((entry) => entry[key] ?? ""));
  }
});

test("a chat counts what is unread, until it is read or marked", async () => {
  const eka = bot.contact("628666000111", "Eka");
  const chat = async () => {
    const chats = (await call("GET", "/chats?limit=200")).data as { jid: string }[];
    return chats.find(({ jid }) => jid === eka.jid);
  };
  for (const words of ["Hello", "Are you there?"]) {
    const said = await eka.says(words);
    await bot.next("message.received", ({ data }) => data.id === said.id);
  }
  expect(await chat()).toMatchObject({ unread: 2, marked_unread: false });
  expect((await call("POST", `/chats/${eka.lid}/read`)).data).toEqual({ messages: 2 } as never);
  expect(await chat()).toMatchObject({ unread: 0 });
  await call("PATCH", `/chats/${eka.number}`, { unread: true });
  expect(await chat()).toMatchObject({ marked_unread: true });
  await call("PATCH", `/chats/${eka.number}`, { unread: false });
  expect(await chat()).toMatchObject({ unread: 0, marked_unread: false });
});

test("a person is forgotten", async () => {
  const said = await citra().says("Forget me");
  await bot.next("message.received", ({ data }) => data.id === said.id);
  const planned = { content: { kind: "text", text: "Remember?" }, send_at: Math.floor(Date.now() / 1000) + 3_600 };
  for (const to of [citra().number, citra().lid, ann().number]) await call("POST", "/messages", { ...planned, to });
  const gone = await call("DELETE", `/contacts/${citra().number}`);
  expect((gone.data as { messages: number }).messages).toBeGreaterThan(0);
  expect((await call("GET", "/history?search=forget")).data as object[]).toHaveLength(0);
  // Nor is anything said to them later; to others it is.
  const waiting = (await call("GET", "/messages?state=waiting")).data as { to: string }[];
  expect(waiting.map(({ to }) => to)).toEqual([`${ann().number}@s.whatsapp.net`]);
  expect((await bot.next("message.cancelled")).data).toMatchObject({ chat: `${citra().number}@s.whatsapp.net` });
});
