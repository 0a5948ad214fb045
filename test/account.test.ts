import { afterAll, beforeAll, expect, test } from "bun:test";
import { startBot, type TestBot } from "./harness.ts";
import { jpeg } from "./files.ts";

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

test("a group is made, changed, filled, left; each change is heard", async () => {
  citra();
  const made = await call("POST", "/groups", { subject: "Pigeons", members: [ann().number] });
  expect(made.status).toBe(200);
  const { id, members } = made.data as { id: string; members: { role: string }[] };
  expect(members).toHaveLength(2);

  const added = await call("POST", `/groups/${id}/members`, { action: "add", members: [citra().number] });
  expect(added.data).toMatchObject([{ ok: true, code: 200, reason: null }]);
  expect(
    await call("PATCH", `/groups/${id}`, { subject: "Carriers", announce_only: true, timer: 604_800 }),
  ).toMatchObject({
    status: 200,
  });
  const now = await call("GET", `/groups/${id}`);
  expect(now.data).toMatchObject({ subject: "Carriers", announce_only: true, timer: 604_800, size: 3 });
  expect((await call("GET", "/groups")).data).toMatchObject([{ id }]);

  const invite = await call("GET", `/groups/${id}/invite`);
  const { url } = invite.data as { url: string };
  expect((await call("GET", `/groups/preview?code=${encodeURIComponent(url)}`)).data).toMatchObject({ id });
  expect(await call("POST", `/groups/${id}/members`, { action: "remove", members: [citra().number] })).toMatchObject({
    data: [{ ok: true }],
  });
});

test("a message to a group, a mention and a reaction in it", async () => {
  const group = bot.sim.group("Friends", [ann(), bot.phone, citra()]);
  const joined = await bot.device.groups.get(group.id);
  expect(joined.subject).toBe("Friends");
  const sent = await bot.device.send({
    to: group.id,
    content: { kind: "text", text: `Hi @${ann().number}` },
    mentions: [ann().number],
    mentions_everyone: true,
  });
  const heard = await citra().hears(({ id }) => id === sent.waId);
  expect(heard.message.extendedTextMessage?.contextInfo).toMatchObject({
    mentionedJid: [ann().jid],
    nonJidMentions: 1,
  });

  const said = await ann().says("Hello all", { to: group });
  const { data } = await bot.next("message.received", (event) => event.data.id === said.id);
  expect(data).toMatchObject({ chat: group.id, is_group: true, sender_phone: ann().number, sender_lid: ann().lid });
  const reaction = await bot.device.send({ to: group.id, content: { kind: "reaction", target: said.id, emoji: "👋" } });
  const seen = await ann().hears(({ id }) => id === reaction.waId);
  expect(seen.message.reactionMessage?.key).toMatchObject({ id: said.id, fromMe: false, participant: data.sender });
});

test("what happens in a group is told", async () => {
  const group = bot.sim.group("News", [ann(), bot.phone]);
  await bot.device.groups.get(group.id);
  group.rename("Old news");
  const renamed = await bot.next("group.updated", ({ data }) => data.group === group.id);
  expect(renamed.data.change).toEqual({ subject: "Old news" });
  group.add(citra());
  const added = await bot.next("group.members", ({ data }) => data.group === group.id && data.action === "add");
  expect(added.data.members).toMatchObject([{ lid: citra().lid }]);
});

test("numbers, blocks, abouts and privacy", async () => {
  const checked = await call("POST", "/contacts/check", { phones: [ann().number, "628000000000"] });
  expect(checked.data).toMatchObject([
    { phone: ann().number, exists: true, jid: ann().jid },
    { phone: "628000000000", exists: false, jid: null },
  ]);
  expect((await call("GET", `/contacts/${ann().number}`)).data).toMatchObject({ jid: ann().jid, lid: ann().lid });
  expect((await call("PUT", `/contacts/${ann().number}/block`)).status).toBe(200);
  expect((await call("GET", "/contacts/blocked")).data as string[]).toHaveLength(1);
  expect((await call("DELETE", `/contacts/${ann().number}/block`)).status).toBe(200);
  expect((await call("PATCH", "/profile/privacy", { last: "contacts" })).status).toBe(200);
  expect((await call("GET", "/profile/privacy")).data).toMatchObject({ last: "contacts" });
  expect(await call("PATCH", "/profile/privacy", { last: "nobody" })).toMatchObject({ status: 400 });
  expect((await call("PATCH", "/profile", { about: "Carrying" })).status).toBe(200);
  const headers = { "content-type": "image/jpeg", "x-api-key": "test-key-of-the-admin-0123456789" };
  const body = Uint8Array.from(await jpeg());
  const picture = await fetch(`${bot.url}/v1/devices/default/profile/picture`, { method: "PUT", headers, body });
  expect(picture.status).toBe(200);
});

test("typing, presence and calls, both ways", async () => {
  expect((await call("PUT", "/presence", { online: true })).status).toBe(200);
  expect((await call("POST", `/contacts/${ann().number}/presence`)).status).toBe(200);
  ann().types("composing");
  const typing = await bot.next("presence", ({ data }) => data.state === "composing");
  expect(typing).toMatchObject({ seq: null, data: { member: ann().jid } });
  expect((await call("POST", `/chats/${ann().number}/typing`, { state: "composing" })).status).toBe(200);
  const ringing = ann().calls({ video: true });
  const { data } = await bot.next("call.received", (event) => event.data.call_id === ringing.id);
  expect(data).toMatchObject({ from_phone: ann().number, video: true });
  expect((await call("POST", `/calls/${data.call_id}/reject`, { from: data.from })).status).toBe(200);
  await ringing.rejected();
});

test("what was said is listed and found, from before linking too; reading is told", async () => {
  await bot.next("history.synced", ({ data }) => data.messages > 0);
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

test("a person who is named by LID first and by number later is one person", async () => {
  const lidOnly = bot.contact("628777000111", "Dewi");
  const said = await lidOnly.says("Hi", { by: "lid" });
  await bot.next("message.received", ({ data }) => data.id === said.id);
  await lidOnly.says("Hi again");
  await bot.next("message.received", ({ data }) => data.chat === lidOnly.jid);
  const found = await call("GET", "/contacts?search=dewi");
  expect(found.data).toMatchObject([{ phone: lidOnly.number, lid: lidOnly.lid, push_name: "Dewi" }]);
});

test("a second message to a group asks WhatsApp nothing about the group, until it changes", async () => {
  const group = bot.sim.group("Quiet", [ann(), bot.phone]);
  const asked: string[] = [];
  bot.sim.network.tracer = (direction, _connection, stanza) => {
    if (direction === "in" && stanza.tag === "iq" && stanza.attrs["xmlns"] === "w:g2") asked.push(stanza.tag);
  };
  const say = async (text: string) => {
    const { waId } = await bot.device.send({ to: group.id, content: { kind: "text", text } });
    await ann().hears(({ id }) => id === waId);
  };
  await say("one");
  const first = asked.length;
  await say("two");
  expect(asked).toHaveLength(first);
  group.add(citra());
  await bot.next("group.members", ({ data }) => data.group === group.id);
  await say("three");
  expect(asked.length).toBe(first + 1);
  await citra().hears("three");
  bot.sim.network.tracer = undefined;
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
