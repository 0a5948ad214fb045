import { afterEach, beforeEach, expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys";
import { el } from "../src/simulator/index.ts";
import { type SealedUse, sealWithSecret } from "../src/whatsapp/codec/sealing.ts";
import { startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
beforeEach(async () => {
  bot = await startBot({ simulator: { profile: "newest", history: "inline", appState: "patches" } });
  await bot.link();
});
afterEach(() => bot[Symbol.asyncDispose]());

const secret = Buffer.alloc(32, 7);
const second = Buffer.alloc(32, 8);
const said = (words: string, from = secret): proto.IMessage => ({
  conversation: words,
  messageContextInfo: { messageSecret: from },
});

/** A message from Ann under an id of the test's own; `by` is the name that the stanza has of her. */
function comes(id: string, content: proto.IMessage, by: "lid" | "pn" = "lid"): void {
  const ann = bot.contact();
  const device = bot.phone.user.linked[0]?.jid() ?? "";
  const names = by === "lid" ? { from: ann.lid, sender_pn: ann.jid } : { from: ann.jid, sender_lid: ann.lid };
  const attrs = { id, ...names, t: String(Math.floor(Date.now() / 1_000)), type: "text", notify: "Ann" };
  const wire = proto.Message.encode(proto.Message.fromObject(content)).finish();
  bot.sim.raw.queue(device, el("message", attrs, bot.sim.raw.seal(ann.user.phone, device, wire)));
}

const edited = (id: string, words: proto.IMessage): proto.IMessage => ({
  protocolMessage: { type: proto.Message.ProtocolMessage.Type.MESSAGE_EDIT, key: { id }, editedMessage: words },
});

const types: Partial<Record<SealedUse, number>> = { event_edit: 1, message_edit: 2, poll_edit: 4 };

/** An edit of one of Ann's messages, by her, sealed under one of her names. */
function sealed(use: SealedUse, id: string, content: proto.IMessage, from = secret, name = bot.contact().lid) {
  const plain = proto.Message.encode(proto.Message.fromObject(content)).finish();
  const targetMessageKey = { remoteJid: bot.phone.lid, fromMe: true, id };
  const bytes = sealWithSecret(plain, from, use, { id, author: name, editor: name });
  return { secretEncryptedMessage: { targetMessageKey, ...bytes, secretEncType: types[use] ?? 0 } };
}

const told = (id: string) => bot.next("message.received", ({ data }) => data.id === id);
const edit = (id: string, content: object) =>
  bot.next("message.edited", ({ data }) => data.id === id && Bun.deepMatch(content, data.content ?? {}));
const stored = (search: string) => bot.device.chatHistory.messages({ chat: null, search, before: null, limit: 10 });

test.each(["lid", "pn"] as const)("an edit sealed under her %s is told with both contents, and kept", async (by) => {
  comes("A1", said("oldwords"));
  await told("A1");
  const name = by === "lid" ? bot.contact().lid : bot.contact().jid;
  comes("A2", sealed("message_edit", "A1", edited("A1", said("newwords", second)), secret, name));
  const first = await edit("A2", { kind: "text", text: "newwords" });
  expect(first.data).toMatchObject({ target: { id: "A1", from_me: false }, previous: { text: "oldwords" } });
  // Sealed with the secret that the edit brought.
  comes("A3", sealed("message_edit", "A1", edited("A1", said("newestwords")), second, name));
  expect((await edit("A3", { text: "newestwords" })).data.previous).toMatchObject({ text: "newwords" });
  // And with the first, which stays good.
  comes("A4", sealed("message_edit", "A1", edited("A1", said("lastwords")), secret, name));
  await edit("A4", { text: "lastwords" });
});

test("an edit before its original is told without words, kept over a restart, and applied when it comes", async () => {
  comes("B2", sealed("message_edit", "B1", edited("B1", said("newwords"))));
  const blank = await bot.next("message.edited", ({ data }) => data.id === "B2");
  expect(blank.data).toMatchObject({ target: { id: "B1" }, content: null, previous: null });
  await bot.restart();
  await bot.connected();
  comes("B1", said("oldwords"));
  await told("B1");
  const whole = await edit("B2", { kind: "text", text: "newwords" });
  expect(whole.data.previous).toMatchObject({ text: "oldwords" });
  expect(await stored("newwords")).toHaveLength(1);
  expect(await stored("oldwords")).toHaveLength(0);
});

test("an edit whose inside names another message changes the one it is sealed for", async () => {
  comes("C1", said("oldwords"));
  comes("C2", said("others"));
  comes("C3", sealed("message_edit", "C1", edited("C2", said("newwords"))));
  expect((await edit("C3", { text: "newwords" })).data.target.id).toBe("C1");
  await told("C2");
  expect(await stored("others")).toHaveLength(1);
});

test("what is sealed for nobody known stays told without words, and ends nothing", async () => {
  comes("D1", said("oldwords"));
  comes("D2", sealed("message_edit", "D1", edited("D1", said("forged")), second));
  const blank = await bot.next("message.edited", ({ data }) => data.id === "D2");
  expect(blank.data).toMatchObject({ content: null, previous: { text: "oldwords" } });
  expect(await stored("oldwords")).toHaveLength(1);
});

test("an option that somebody adds to a poll leaves the others and the question", async () => {
  const ann = bot.contact();
  const poll = await ann.asks("Lunch?", ["Soto", "Sate"], { to: bot.phone });
  await told(poll.id);
  for (const [place, choice] of ["Gudeg", "Rawon"].entries()) {
    const added = await ann.addsChoice(poll, choice);
    const { data } = await bot.next("message.edited", (event) => event.data.id === added.id);
    const options = ["Soto", "Sate", "Gudeg", "Rawon"].slice(0, 3 + place);
    expect(data.content).toMatchObject({ kind: "poll", question: "Lunch?", options });
  }
  await ann.votes(poll, ["Gudeg", "Sate"]);
  const { data } = await bot.next("poll.vote");
  expect(data.options?.toSorted()).toEqual(["Gudeg", "Sate"]);
});

/** A poll of Ann's; `allowAddOption` is newer than Baileys' definition. */
function asks(id: string, isOpen: boolean): void {
  const ann = bot.contact();
  const device = bot.phone.user.linked[0]?.jid() ?? "";
  const options = ["Soto", "Sate"].map((optionName) => ({ optionName }));
  const poll = proto.Message.PollCreationMessage.encode({
    name: "Lunch?",
    options,
    selectableOptionsCount: 1,
  }).finish();
  const whole = Buffer.concat([poll, Buffer.from(isOpen ? [11 << 3, 1] : [])]);
  const context = proto.Message.encode({ messageContextInfo: { messageSecret: secret } }).finish();
  const wire = Buffer.concat([context, Buffer.from([0x82, 0x04, whole.length]), whole]);
  const attrs = { id, from: ann.lid, sender_pn: ann.jid, t: String(Math.floor(Date.now() / 1_000)), type: "poll" };
  bot.sim.raw.queue(device, el("message", attrs, bot.sim.raw.seal(ann.user.phone, device, wire)));
}

test.each([true, false])("others add options to a poll only if it is open: %p", async (isOpen) => {
  asks("P1", isOpen);
  const { data } = await told("P1");
  expect(data.content).toMatchObject({ kind: "poll", options: ["Soto", "Sate"] });
  const [ann, me] = [bot.contact().lid, bot.phone.lid];
  const added = { pollCreationMessageV3: { name: "", options: [{ optionName: "Gudeg" }] } };
  const plain = proto.Message.encode(proto.Message.fromObject(added)).finish();
  const bytes = sealWithSecret(plain, secret, "poll_option", { id: "P1", author: ann, editor: me });
  const targetMessageKey = { remoteJid: ann, fromMe: false, id: "P1" };
  // On the owner's phone.
  const edit = proto.Message.fromObject({ secretEncryptedMessage: { targetMessageKey, ...bytes, secretEncType: 5 } });
  const { id } = await bot.phone.says(edit, { to: bot.contact() });
  await bot.next("message.edited", (event) => event.data.id === id);
  const options = isOpen ? ["Soto", "Sate", "Gudeg"] : ["Soto", "Sate"];
  const [poll] = await bot.device.chatHistory.messages({ chat: ann, search: null, before: null, limit: 10 });
  expect(poll?.message.content).toMatchObject({ question: "Lunch?", options });
});

test("a poll and an event are edited", async () => {
  const options = [{ optionName: "yes" }, { optionName: "no" }];
  comes("E1", { pollCreationMessage: { name: "Tea?", options }, messageContextInfo: { messageSecret: secret } });
  comes("E2", sealed("poll_edit", "E1", { pollCreationMessage: { name: "Coffee?", options } }));
  await edit("E2", { kind: "poll", question: "Coffee?" });
  comes("E3", { eventMessage: { name: "Picnic" }, messageContextInfo: { messageSecret: secret } });
  comes("E4", sealed("event_edit", "E3", { eventMessage: { name: "Dinner" } }));
  await edit("E4", { kind: "event", name: "Dinner" });
});

const soto = [{ optionName: "Soto" }, { optionName: "Sate" }];
const hashes = (chosen: string[]) => chosen.map((one) => new Bun.CryptoHasher("sha256").update(one).digest());

/** A vote of Ann's in her own poll. */
function votes(poll: string, chosen: string[]): proto.IMessage {
  const { lid } = bot.contact();
  const plain = proto.Message.PollVoteMessage.encode({ selectedOptions: hashes(chosen) }).finish();
  const vote = sealWithSecret(plain, secret, "poll_vote", { id: poll, author: lid, editor: lid });
  const pollCreationMessageKey = { remoteJid: bot.phone.lid, fromMe: true, id: poll };
  return { pollUpdateMessage: { pollCreationMessageKey, vote } };
}

const adds = (poll: string, optionName: string) =>
  sealed("poll_edit", poll, { pollCreationMessageV3: { name: "", options: [{ optionName }] } });
const opensPoll = (id: string) =>
  comes(id, {
    pollCreationMessage: { name: "Lunch?", options: soto },
    messageContextInfo: { messageSecret: secret },
  });
const ofPoll = async (id: string) => (await stored("Lunch")).find(({ message }) => message.id === id)?.message.content;
const voted = (id: string, options: string[] | null) =>
  bot.next("poll.vote", ({ data }) => data.id === id && Bun.deepEquals(data.options?.toSorted() ?? null, options));

test("all options that were added before their poll came are in it, and so are votes for them", async () => {
  comes("G2", votes("G1", ["Gudeg", "Sate"]));
  comes("G3", adds("G1", "Gudeg"));
  comes("G4", adds("G1", "Rawon"));
  await voted("G2", null);
  await bot.next("message.edited", ({ data }) => data.id === "G4");
  await bot.restart();
  await bot.connected();
  opensPoll("G1");
  await edit("G4", { options: ["Soto", "Sate", "Gudeg", "Rawon"] });
  await voted("G2", ["Gudeg", "Sate"]);
  expect(await ofPoll("G1")).toMatchObject({ question: "Lunch?", options: ["Soto", "Sate", "Gudeg", "Rawon"] });
  // It is whole, so nothing of it waits any more.
  comes("G5", adds("G1", "Pecel"));
  await edit("G5", { options: ["Soto", "Sate", "Gudeg", "Rawon", "Pecel"] });
  expect(bot.events.filter(({ type }) => type === "poll.vote")).toHaveLength(2);
});

test("options that come together with their poll are all in it", async () => {
  const cut = bot.sim.faults.stall();
  opensPoll("H1");
  for (const [place, name] of ["Gudeg", "Rawon", "Pecel"].entries()) comes(`H${place + 2}`, adds("H1", name));
  comes("H5", votes("H1", ["Pecel", "Rawon"]));
  cut();
  await voted("H5", ["Pecel", "Rawon"]);
  expect(await ofPoll("H1")).toMatchObject({ options: ["Soto", "Sate", "Gudeg", "Rawon", "Pecel"] });
});

test("a vote for an option that is not known yet is not told as none, and is told once the option comes", async () => {
  opensPoll("I1");
  await told("I1");
  comes("I2", votes("I1", ["Gudeg"]));
  comes("I3", votes("I1", []));
  await voted("I2", null);
  await voted("I3", []);
  comes("I4", votes("I1", ["Gudeg", "Soto"]));
  await voted("I4", null);
  comes("I5", adds("I1", "Gudeg"));
  await voted("I4", ["Gudeg", "Soto"]);
  // They had chosen anew before the option came.
  comes("I6", votes("I1", ["Sate"]));
  await voted("I6", ["Sate"]);
  expect(bot.events.flatMap(({ data }) => ("id" in data && data.id === "I2" ? [data] : []))).toHaveLength(1);
});

test("a vote before its poll is counted when the poll comes", async () => {
  const options = [{ optionName: "yes" }, { optionName: "no" }];
  const hash = new Bun.CryptoHasher("sha256").update("yes").digest();
  const plain = proto.Message.PollVoteMessage.encode({ selectedOptions: [hash] }).finish();
  const { lid } = bot.contact();
  const vote = sealWithSecret(plain, secret, "poll_vote", { id: "F1", author: lid, editor: lid });
  const key = { remoteJid: bot.phone.lid, fromMe: true, id: "F1" };
  comes("F2", { pollUpdateMessage: { pollCreationMessageKey: key, vote } });
  expect((await bot.next("poll.vote", ({ data }) => data.id === "F2")).data.options).toBeNull();
  comes("F1", { pollCreationMessage: { name: "Tea?", options }, messageContextInfo: { messageSecret: secret } });
  await bot.next("poll.vote", ({ data }) => data.id === "F2" && data.options?.[0] === "yes");
});
