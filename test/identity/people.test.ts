import { expect, test } from "bun:test";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import { is } from "../../src/core/model/events/events.ts";
import { proto } from "@whiskeysockets/baileys";
import { el } from "../../src/simulator/index.ts";
import { jpeg } from "../files.ts";
import { startBot, type TestBot } from "../harness.ts";

async function linked(): Promise<TestBot> {
  const bot = await startBot();
  await bot.link();
  return bot;
}

const at = "/v1/devices/default";

async function list<T>(bot: TestBot, path: string): Promise<T[]> {
  return ((await (await bot.call("GET", `${at}${path}`)).json()) as { data: T[] }).data;
}

const heard = (bot: TestBot, id: string): Promise<BotEvent<"message.received">> =>
  bot.next("message.received", ({ data }) => data.id === id);

test("a person is one chat and one contact, by number, by LID and by both in turn", async () => {
  await using bot = await linked();
  const ann = bot.contact();
  const ways = [{ by: "pn" }, { by: "lid" }, { by: "lid", hidden: true }, { by: "pn" }] as const;
  for (const [place, way] of ways.entries()) {
    const { data } = await heard(bot, (await ann.says(`words ${place}`, way)).id);
    const names = { chat_phone: ann.number, chat_lid: ann.lid, sender_phone: ann.number, sender_lid: ann.lid };
    expect(data).toMatchObject({ ...names, chat: ann.jid, sender: ann.jid });
    expect(data.wire.chat).toBe(way.by === "lid" ? ann.lid : ann.jid);
  }
  const own = await bot.phone.says("from my phone", { to: ann });
  expect((await heard(bot, own.id)).data).toMatchObject({ from_me: true, chat: ann.jid, chat_phone: ann.number });
  expect((await list<{ jid: string }>(bot, "/chats")).filter(({ jid }) => jid !== bot.phone.jid)).toHaveLength(1);
  expect(await list(bot, "/contacts")).toHaveLength(1);
  bot.sim.assertNoProblems();
});

test("a number in another form, once it was written to, is the chat of who has it", async () => {
  await using bot = await linked();
  const ann = bot.contact();
  ann.isAlsoFoundBy("6281239456789");
  const { waId } = await bot.device.outbox.send({ to: "6281239456789", content: { kind: "text", text: "Which one?" } });
  await ann.hears("Which one?");
  const { data } = await heard(bot, (await ann.says("This one")).id);
  const sent = await bot.next("message.sent", (event) => event.data.id === waId);
  expect(sent.data).toMatchObject({ chat: data.chat, chat_phone: ann.number });
  const again = await bot.device.outbox.send({ to: "6281239456789", content: { kind: "text", text: "Thanks" } });
  expect(again.chat).toBe(data.chat);
  expect(await list(bot, `/history?chat=6281239456789`)).toHaveLength(3);
});

const hello = { kind: "text" as const, text: "Hello" };

test.each(["migrated", "not-migrated"] as const)(
  "a number that WhatsApp answers with a LID is the chat of who has it, of an account that is %s",
  async (accounts) => {
    await using bot = await startBot({ simulator: { accounts } });
    await bot.link();
    const ann = bot.contact();
    ann.isNamedByLid();
    await bot.device.outbox.send({ to: ann.number, content: hello });
    await ann.hears("Hello");
    const said = await heard(bot, (await ann.says("Who is it?", { by: "lid", hidden: true })).id);
    const names = { chat: ann.jid, chat_phone: ann.number, chat_lid: ann.lid };
    expect(said.data).toMatchObject({ ...names, wire: { chat: ann.lid } });
    for (const name of [ann.number, ann.lid]) expect(await list(bot, `/history?chat=${name}`)).toHaveLength(2);
    expect(await list(bot, "/chats")).toMatchObject([{ jid: ann.jid, phone: ann.number, lid: ann.lid }]);
    bot.sim.assertNoProblems();
  },
);

test("a number in another form that WhatsApp answers with a LID is theirs until their own is known", async () => {
  await using bot = await linked();
  const ben = bot.contact("628120000012", "Ben");
  ben.isNamedByLid();
  ben.isAlsoFoundBy("6281239456789");
  await bot.device.outbox.send({ to: "6281239456789", content: hello });
  await ben.hears("Hello");
  const said = await heard(bot, (await ben.says("Who is it?", { hidden: true })).id);
  expect(said.data).toMatchObject({ chat: "6281239456789@s.whatsapp.net", chat_lid: ben.lid });
  const later = await heard(bot, (await ben.says("Me", { by: "pn" })).id);
  expect(later.data).toMatchObject({ chat: ben.jid, chat_phone: ben.number, chat_lid: ben.lid });
  for (const name of ["6281239456789", ben.number, ben.lid])
    expect(await list(bot, `/history?chat=${name}`)).toHaveLength(3);
  expect(await list(bot, "/chats")).toMatchObject([{ jid: ben.jid, phone: ben.number, lid: ben.lid }]);
  bot.sim.assertNoProblems();
});

test.each([":1@s.whatsapp.net", ":0@s.whatsapp.net", "@c.us", ":99@hosted"])(
  "a mention of the account by %s is one of the account",
  async (form) => {
    await using bot = await linked();
    const message = {
      extendedTextMessage: { text: "you", contextInfo: { mentionedJid: [`${bot.phone.number}${form}`] } },
    };
    const device = bot.phone.user.linked[0]?.jid() ?? "";
    const ann = bot.contact();
    const attrs = { id: "3EB0AA", from: ann.lid, sender_pn: ann.jid, t: "1796000000", type: "text", notify: "Ann" };
    bot.sim.raw.queue(device, el("message", attrs, bot.sim.raw.seal(ann.user.phone, device, message)));
    const { data } = await heard(bot, "3EB0AA");
    expect(data).toMatchObject({ mentions_me: true, mentioned: [{ phone: bot.phone.number }] });
  },
);

test("who reuses the id of a message to somebody else does not get its words", async () => {
  await using bot = await linked();
  const [ann, eve] = [bot.contact(), bot.contact("628120000009", "Eve")];
  const secret = { kind: "text" as const, text: "SECRET for Ann" };
  const { waId: id } = await bot.device.outbox.send({ to: ann.number, content: secret });
  await bot.next("message.sent", ({ data }) => data.id === id);
  const device = bot.phone.user.linked[0]?.jid() ?? "";
  const attrs = { id, from: eve.lid, sender_pn: eve.jid, t: "1796000000", type: "text", notify: "Eve" };
  const message = { conversation: "words of Eve" };
  bot.sim.raw.queue(device, el("message", attrs, bot.sim.raw.seal(eve.user.phone, device, message)));
  // It is the id of a message in another chat.
  expect((await heard(bot, id)).data.id_collision).toBe(true);
  const ways = [id, { id }, { id, from_me: false }, { id, sender: eve.jid }];
  for (const [place, target] of ways.entries()) {
    await bot.device.outbox.send({
      to: eve.number,
      content: { kind: "text", text: `answer ${place}` },
      reply_to: target,
    });
    const { message: answer } = await eve.hears(`answer ${place}`);
    const { quotedMessage } = answer.extendedTextMessage?.contextInfo ?? {};
    expect(JSON.stringify(quotedMessage)).toContain("words of Eve");
    const forwarded = await bot.device.outbox.send({ to: eve.number, content: { kind: "forward", target } });
    const copy = await eve.hears((each) => each.id === forwarded.waId);
    expect(JSON.stringify(copy.message)).not.toContain("SECRET");
    await bot.device.outbox.send({ to: eve.number, content: { kind: "reaction", target, emoji: "👍" } });
    const reaction = await eve.hears((each) => each.message.reactionMessage != null);
    expect(reaction.message.reactionMessage?.key?.fromMe ?? false).toBe(false);
  }
  // In the chat it was sent in, the same id is still the bot's.
  await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "more" }, reply_to: id });
  const more = await ann.hears("more");
  expect(JSON.stringify(more.message.extendedTextMessage?.contextInfo?.quotedMessage)).toContain("SECRET");
  // Ann uses it in her own chat too: by whose it is they are told apart.
  const hers = { ...attrs, from: ann.lid, sender_pn: ann.jid, notify: "Ann" };
  bot.sim.raw.queue(device, el("message", hers, bot.sim.raw.seal(ann.user.phone, device, { conversation: "of Ann" })));
  await bot.next("message.received", ({ data }) => data.id === id && data.sender_phone === ann.number);
  for (const [from_me, words] of [
    [false, "of Ann"],
    [true, "SECRET"],
  ] as const) {
    const text = `to ${words}`;
    await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text }, reply_to: { id, from_me } });
    const answer = await ann.hears(text);
    expect(JSON.stringify(answer.message.extendedTextMessage?.contextInfo?.quotedMessage)).toContain(words);
  }
}, 30_000);

test("who reuses an id of the bot's rewrites nothing, and is told", async () => {
  await using bot = await linked();
  const eve = bot.contact("628120000009", "Eve");
  const words = { kind: "text" as const, text: "The price is 1,000 dollars." };
  const { waId: id } = await bot.device.outbox.send({ to: eve.number, content: words });
  await bot.next("message.sent", ({ data }) => data.id === id);
  const device = bot.phone.user.linked[0]?.jid() ?? "";
  const says = (stanzaId: string, message: object) => {
    const attrs = { id: stanzaId, from: eve.lid, sender_pn: eve.jid, t: "1796000000", type: "text", notify: "Eve" };
    bot.sim.raw.queue(device, el("message", attrs, bot.sim.raw.seal(eve.user.phone, device, message)));
  };
  says(id, { conversation: "mine" });
  expect((await heard(bot, id)).data).toMatchObject({ id_collision: true, sender_phone: eve.number });
  const key = { remoteJid: bot.phone.lid, fromMe: true, id };
  says("3EB0EDIT", { protocolMessage: { type: 14, key, editedMessage: { conversation: "The price is 1 dollar." } } });
  await bot.next("message.edited", ({ data }) => data.id === "3EB0EDIT" && data.applied);
  const kept = await list<{ from_me: boolean; content: { text: string } }>(bot, `/history?chat=${eve.number}`);
  expect(kept.map(({ from_me: fromMe, content }) => [fromMe, content.text])).toEqual([
    [false, "The price is 1 dollar."],
    [true, words.text],
  ]);
  expect((await heard(bot, (await eve.says("of her own")).id)).data.id_collision).toBeUndefined();
  // The bot's own stays within its reach.
  const edit = { kind: "edit" as const, target: id, text: "The price is 900 dollars." };
  expect((await bot.device.outbox.send({ to: eve.number, content: edit })).state).not.toBe("failed");
});

test("who shares an id of the bot's in a group edits and deletes nothing by naming the bot as its author", async () => {
  await using bot = await linked();
  const [ann, eve] = [bot.contact(), bot.contact("628120000009", "Eve")];
  const group = bot.sim.group("Family", [ann, eve, bot.phone]);
  const { waId: id } = await bot.device.outbox.send({ to: group.id, content: { kind: "text", text: "Ours" } });
  await bot.next("message.sent", ({ data }) => data.id === id);
  await heard(bot, (await eve.says("Hers", { to: group, id })).id);
  const key = { remoteJid: group.id, fromMe: false, id, participant: bot.phone.lid };
  const { MESSAGE_EDIT, REVOKE } = proto.Message.ProtocolMessage.Type;
  const edited = { protocolMessage: { type: MESSAGE_EDIT, key, editedMessage: { conversation: "X" } } };
  const edit = await eve.says(edited, { to: group });
  const deletion = await eve.says({ protocolMessage: { type: REVOKE, key } }, { to: group });
  for (const [type, said] of [
    ["message.edited", edit],
    ["message.deleted", deletion],
  ] as const) {
    const { data } = await bot.next(type, (event) => event.data.id === said.id);
    expect(data).toMatchObject({ target: { id, from_me: true }, applied: false, reason: "not_author" });
  }
  expect(await list(bot, `/history?chat=${group.id}`)).toMatchObject([
    { from_me: false, content: { text: "Hers" }, deleted_at: null },
    { from_me: true, content: { text: "Ours" }, deleted_at: null },
  ]);
});

test("only an admin deletes what others wrote in a group", async () => {
  await using bot = await linked();
  const [ann, eve] = [bot.contact(), bot.contact("628120000009", "Eve")];
  const group = bot.sim.group("Family", [ann, eve, bot.phone]);
  const said = await ann.says("Keep this", { to: group });
  await heard(bot, said.id);
  const deletes = async (who: typeof ann) => {
    const key = { remoteJid: group.id, fromMe: false, id: said.id, participant: ann.lid };
    const { REVOKE: type } = proto.Message.ProtocolMessage.Type;
    const { id } = await who.says({ protocolMessage: { type, key } }, { to: group });
    const { data } = await bot.next("message.deleted", (event) => event.data.id === id);
    const [kept] = await list<{ deleted_at: number | null }>(bot, `/history?chat=${group.id}`);
    expect(data.applied).toBe(kept?.deleted_at !== null);
    return data;
  };
  expect(await deletes(eve)).toMatchObject({ applied: false, reason: "not_author" });
  group.promote(eve, { by: ann });
  expect(await deletes(eve)).toMatchObject({ applied: true, previous: { text: "Keep this" } });
});

test("an edit says whether it was done, and why not", async () => {
  await using bot = await linked();
  const [ann, eve] = [bot.contact(), bot.contact("628120000009", "Eve")];
  const group = bot.sim.group("Family", [ann, eve, bot.phone]);
  const said = await ann.says("Ten", { to: group });
  await heard(bot, said.id);
  const edits = async (who: typeof ann, target: string) => {
    const key = { remoteJid: group.id, fromMe: who === ann, id: target, participant: ann.lid };
    const edited = { protocolMessage: { type: 14, key, editedMessage: { conversation: "Eleven" } } };
    const { id } = await who.says(edited, { to: group });
    const { applied, reason } = (await bot.next("message.edited", ({ data }) => data.id === id)).data;
    return { applied, reason };
  };
  expect(await edits(eve, said.id)).toEqual({ applied: false, reason: "not_author" });
  expect(await edits(ann, "3EB0NONE")).toEqual({ applied: false, reason: "unknown_message" });
  expect(await edits(ann, said.id)).toEqual({ applied: true, reason: undefined });
  await ann.deletes(said);
  await bot.next("message.deleted", ({ data }) => data.target.id === said.id && data.applied);
  expect(await edits(ann, said.id)).toEqual({ applied: false, reason: "deleted" });
  expect(await list(bot, `/history?chat=${group.id}`)).toMatchObject([{ content: { text: "Eleven" } }]);
});

test("a file that is quoted is the one that came, whatever name its author had", async () => {
  await using bot = await linked();
  const ann = bot.contact();
  const { id } = await ann.sends({ kind: "image", bytes: await jpeg() }, { by: "pn" });
  const came = await heard(bot, id);
  const quoted = { stanzaId: id, participant: ann.lid, quotedMessage: { imageMessage: { mimetype: "image/jpeg" } } };
  const answer = await ann.says({ extendedTextMessage: { text: "This", contextInfo: quoted } }, { by: "lid" });
  const { data } = await heard(bot, answer.id);
  const fileOf = (content: unknown) => (content as { media_id: string }).media_id;
  expect(fileOf(data.reply_to?.content)).toBe(fileOf(came.data.content));
});

test("a receipt from a group counts from its members", async () => {
  await using bot = await linked();
  const [ann, eve] = [bot.contact(), bot.contact("628120000009", "Eve")];
  const group = bot.sim.group("Family", [ann, bot.phone]);
  const { waId: id } = await bot.device.outbox.send({ to: group.id, content: { kind: "text", text: "For us" } });
  await bot.next("message.sent", ({ data }) => data.id === id);
  const device = bot.phone.user.linked[0]?.jid() ?? "";
  for (const participant of [eve.lid, eve.jid, ann.jid])
    bot.sim.raw.queue(device, el("receipt", { id, from: group.id, participant, type: "read", t: "1796000000" }));
  await bot.next("message.status", ({ data }) => data.id === id && data.status === "read");
  await bot.sim.settles();
  const told = bot.events.filter((event) => is(event, "message.status") && event.data.id === id);
  expect(new Set(told.map(({ data }) => "participant_phone" in data && data.participant_phone))).toEqual(
    new Set([ann.number]),
  );
});

test("by number and by LID in turn, 2,000 messages come in order", async () => {
  await using bot = await linked();
  const ann = bot.contact();
  await heard(bot, (await ann.says("first")).id);
  const count = 2_000;
  for (let place = 0; place < count; place++)
    await (place % 5 === 4 ? bot.phone : ann).says(`${place}`, {
      to: place % 5 === 4 ? ann : bot.phone,
      by: place % 2 ? "lid" : "pn",
    });
  const all = () => bot.receiver.events.filter((event) => is(event, "message.received"));
  await bot.receiver.until(() => all().length >= count + 1, "all of them");
  const texts = all().map(({ data }) => Number("text" in data.content ? data.content.text : -1));
  const late = texts.slice(1).filter((text, place) => place > 0 && text < (texts[place] ?? 0));
  expect(late).toEqual([]);
  expect(new Set(all().map(({ data }) => data.chat)).size).toBe(1);
}, 120_000);

test("a copy of one's own message that names both sides makes nobody of the account", async () => {
  await using bot = await linked();
  const ann = bot.contact();
  const device = bot.phone.user.linked[0]?.jid() ?? "";
  const copies: [string, Record<string, string>][] = [
    ["theirs beside mine", { from: bot.phone.lid, recipient: ann.lid, sender_pn: ann.jid }],
    ["mine beside theirs", { from: bot.phone.lid, recipient: ann.lid, sender_pn: bot.phone.jid }],
    ["by number", { from: bot.phone.jid, recipient: ann.jid, sender_lid: ann.lid }],
  ];
  for (const [words, attrs] of copies) {
    const message = { conversation: words };
    const sealed = bot.sim.raw.seal(bot.phone.user.phone, device, {
      deviceSentMessage: { destinationJid: attrs["recipient"] ?? "", message },
    });
    bot.sim.raw.queue(device, el("message", { ...attrs, id: words, t: "1796000000", type: "text" }, sealed));
    const { data } = await heard(bot, words);
    expect(data).toMatchObject({ from_me: true, sender_phone: bot.phone.number, sender_lid: bot.phone.lid });
    expect([ann.jid, ann.lid]).toContain(data.chat);
  }
  await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "to her" } });
  await ann.hears("to her");
  const { data } = await heard(bot, (await ann.says("from her")).id);
  expect(data).toMatchObject({ from_me: false, chat: ann.jid, chat_phone: ann.number, sender_lid: ann.lid });
  bot.sim.assertNoProblems();
});
