import { afterAll, beforeAll, expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys";
import type { DraftContent } from "../src/core/model/content/draft.ts";
import { openVote } from "../src/simulator/index.ts";
import { openedAddition } from "../src/whatsapp/codec/additions.ts";
import { readingOf } from "../src/whatsapp/codec/reading.ts";
import { type EncryptedVote, encryptVote } from "../src/whatsapp/codec/votes.ts";
import { startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const ann = () => bot.contact();
const to = "628123456789";
const send = async (content: DraftContent, more: object = {}) => {
  const { waId } = await bot.device.outbox.send({ to, content, ...more });
  await bot.next("message.sent", ({ data }) => data.id === waId);
  return ann().hears(({ id }) => id === waId);
};

test("an answer quotes what was said, as WhatsApp has it", async () => {
  const said = await ann().says({ extendedTextMessage: { text: "Coming?" } });
  await bot.next("message.received", ({ data }) => data.id === said.id);
  const { message } = await send({ kind: "text", text: "Yes!" }, { reply_to: said.id });
  expect(message.extendedTextMessage?.contextInfo).toMatchObject({
    stanzaId: said.id,
    participant: ann().lid,
    quotedMessage: { extendedTextMessage: { text: "Coming?" } },
  });
});

test("reactions, edits and deletions name the message, both ways", async () => {
  const said = await ann().says("Lunch?");
  await bot.next("message.received", ({ data }) => data.id === said.id);
  const { message } = await send({ kind: "reaction", target: said.id, emoji: "👍" });
  expect(message.reactionMessage).toMatchObject({ text: "👍", key: { id: said.id, fromMe: false } });

  const heard = await send({ kind: "text", text: "At noon" });
  await ann().reacts(heard, "🎉");
  const { data } = await bot.next("message.reaction", (event) => event.data.target.id === heard.id);
  expect(data).toMatchObject({ emoji: "🎉", target: { id: heard.id, from_me: true }, from_me: false });

  const edited = await send({ kind: "edit", target: heard.id, text: "At one" });
  expect(edited.message.protocolMessage).toMatchObject({
    key: { id: heard.id, fromMe: true },
    editedMessage: { extendedTextMessage: { text: "At one" } },
  });
  const deleted = await send({ kind: "delete", target: heard.id });
  expect(deleted.message.protocolMessage?.key).toMatchObject({ id: heard.id, fromMe: true });
});

test("an edit and a deletion tell what was said before", async () => {
  const said = await ann().says("Lumch?");
  await bot.next("message.received", ({ data }) => data.id === said.id);
  await ann().edits(said, "Lunch?");
  const edited = await bot.next("message.edited", ({ data }) => data.target.id === said.id);
  expect(edited.data).toMatchObject({
    content: { kind: "text", text: "Lunch?" },
    previous: { kind: "text", text: "Lumch?" },
  });
  await ann().deletes(said);
  const deleted = await bot.next("message.deleted", ({ data }) => data.target.id === said.id);
  expect(deleted.data.previous).toEqual({ kind: "text", text: "Lunch?" });
});

test("a poll is voted on, both ways", async () => {
  const options = ["Soto", "Gado-gado", "Rendang"];
  const poll = await send({ kind: "poll", question: "Lunch?", options });
  await ann().votes(poll, ["Soto", "Rendang"]);
  const vote = await bot.next("poll.vote", ({ data }) => data.target.id === poll.id);
  expect(vote.data.options).toEqual(["Soto", "Rendang"]);

  const asked = await ann().asks("Dinner?", ["Pizza", "Sate"]);
  await bot.next("message.received", ({ data }) => data.id === asked.id);
  const cast = await send({ kind: "poll_vote", target: asked.id, options: ["Sate"] });
  expect(openVote(asked, cast.message, bot.phone.lid)).toEqual(["Sate"]);
});

test("an event is answered, both ways", async () => {
  const event = await send({ kind: "event", name: "Picnic", start_at: 1_795_190_000 });
  const secret = event.message.messageContextInfo?.messageSecret ?? new Uint8Array();
  const key = { remoteJid: bot.phone.lid, id: event.id, fromMe: false };
  const target = { id: event.id, sender: bot.phone.lid, from_me: true };
  const parties = { id: event.id, author: bot.phone.lid, editor: ann().lid };
  const going = { kind: "event_response", target, response: "going", extra_guests: 1 } as const;
  const answered = await ann().says(encryptVote(going, key, secret, parties, Date.now()));
  const told = await bot.next("event.response", ({ data }) => data.id === answered.id);
  expect(told.data).toMatchObject({ response: "going", extra_guests: 1, target: { id: event.id, from_me: true } });

  const wire = {
    messageContextInfo: { messageSecret: secret },
    eventMessage: { name: "Theirs", startTime: 1_795_190_000 },
  };
  const theirs = await ann().says(wire);
  await bot.next("message.received", ({ data }) => data.id === theirs.id);
  const answer = await send({ kind: "event_response", target: theirs.id, response: "maybe" });
  const blank: EncryptedVote = { kind: "event_response", target, response: null, extra_guests: 0 };
  const asked = proto.Message.encode(proto.Message.create(wire)).finish();
  const keys = {
    wire: asked,
    said: null,
    id: theirs.id,
    secrets: [secret],
    authors: [ann().lid],
    editors: [bot.phone.lid],
  };
  const from = { id: answer.id, chat: ann().lid, sender: bot.phone.lid, fromMe: true, isGroup: false };
  const reading = readingOf(from, "test", { id: bot.phone.lid, lid: null });
  const opened = openedAddition(blank, proto.Message.create(answer.message), keys, reading);
  expect(opened?.content).toMatchObject({ response: "maybe" });
});

test("a forward carries the words and how often they travelled", async () => {
  const said = await ann().says("Pass it on");
  await bot.next("message.received", ({ data }) => data.id === said.id);
  const { message } = await send({ kind: "forward", target: said.id });
  expect(message.extendedTextMessage).toMatchObject({ text: "Pass it on", contextInfo: { forwardingScore: 1 } });
});

test("what was said survives a restart, and so do answers to it", async () => {
  const said = await ann().says("Remember me");
  await bot.next("message.received", ({ data }) => data.id === said.id);
  await bot.restart();
  await bot.connected();
  const { message } = await send({ kind: "text", text: "I do" }, { reply_to: said.id });
  expect(message.extendedTextMessage?.contextInfo?.quotedMessage).toMatchObject({ conversation: "Remember me" });
});
