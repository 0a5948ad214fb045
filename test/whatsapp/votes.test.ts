import { expect, test } from "bun:test";
import { createCipheriv } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import { type AdditionKeys, messageSecretOf, openedAddition } from "../../src/whatsapp/codec/additions.ts";
import { readingOf } from "../../src/whatsapp/codec/reading.ts";
import { sealKey, derivedKey, openWithSecret, sealWithSecret } from "../../src/whatsapp/codec/sealing.ts";
import { type EncryptedVote, encryptVote } from "../../src/whatsapp/codec/votes.ts";

const secret = new Uint8Array(32).fill(5);
const [author, authorLid, editor] = ["628111@s.whatsapp.net", "84111@lid", "84222@lid"];
const target = { id: "3EB01", sender: author, from_me: false };
const key = { remoteJid: author, id: "3EB01", fromMe: false };
const encode = (message: proto.IMessage) => proto.Message.encode(proto.Message.create(message)).finish();
const options = ["Soto", "Gado-gado", "Rendang"].map((optionName) => ({ optionName }));
const question = encode({
  messageContextInfo: { messageSecret: secret },
  pollCreationMessage: { name: "Lunch?", options },
});
const keys: AdditionKeys = {
  wire: question,
  said: null,
  id: "3EB01",
  secrets: [secret],
  authors: [author, authorLid],
  editors: [editor],
};
const names = { id: "3EB01", author: authorLid, editor };
const where = { id: "3EB02", chat: "84222@lid", sender: editor, fromMe: false, isGroup: false };
const reading = readingOf(where, "test", { id: author, lid: authorLid });
const opened = (content: EncryptedVote, message: proto.IMessage, given = keys) =>
  openedAddition(content, message, given, reading)?.content ?? null;

const cast = (ballot: EncryptedVote) => encryptVote(ballot, key, secret, names, 1);
const vote: EncryptedVote = { kind: "poll_vote", target, options: ["Soto", "Rendang"] };
const blank: EncryptedVote = { kind: "poll_vote", target, options: null };

test("a vote is read whichever of their names author and voter went by", () => {
  expect(messageSecretOf(question)).toEqual(Buffer.from(secret));
  expect(opened(blank, cast(vote))).toEqual(vote);
  expect(opened(blank, cast({ ...vote, options: [] }))).toEqual({ ...vote, options: [] });
});

test("an answer to an event is read, with the guests it brings", () => {
  for (const response of ["going", "not_going", "maybe"] as const) {
    const answer: EncryptedVote = { kind: "event_response", target, response, extra_guests: 2 };
    const unread: EncryptedVote = { kind: "event_response", target, response: null, extra_guests: 0 };
    expect(opened(unread, cast(answer))).toEqual(answer);
  }
});

test("a vote of somebody else, for another poll, tampered with or malformed stays unread", () => {
  expect(opened(blank, cast(vote), { ...keys, editors: ["84333@lid"] })).toBeNull();
  expect(opened(blank, cast(vote), { ...keys, id: "3EB02" })).toBeNull();
  expect(opened(blank, cast(vote), { ...keys, secrets: [] })).toBeNull();
  const sealed = cast(vote);
  const encPayload = sealed.pollUpdateMessage?.vote?.encPayload;
  if (encPayload) encPayload[0] = (encPayload[0] ?? 0) ^ 1;
  expect(opened(blank, sealed)).toBeNull();
  const nonsense = sealWithSecret(Buffer.from([0x0a, 0xff, 0xff]), secret, "poll_vote", names);
  expect(opened(blank, { pollUpdateMessage: { vote: nonsense } })).toBeNull();
  for (const malformed of [
    {},
    { encPayload: new Uint8Array(3) },
    { encPayload: new Uint8Array(40), encIv: new Uint8Array(2) },
  ])
    expect(opened(blank, { pollUpdateMessage: { vote: malformed } })).toBeNull();
});

// Computed in two ways from the words of WhatsApp's own clients; see `sealing.ts`.
const [a, b] = ["100000000000001@lid", "100000000000002@lid"];
const known = { secret: new Uint8Array(32).fill(0x11), id: "3EB0TESTEDIT0001", iv: new Uint8Array(12).fill(0x99) };
const seal = (words: string, with_: Buffer, beside: string) => {
  const cipher = createCipheriv("aes-256-gcm", with_, known.iv).setAAD(Buffer.from(beside));
  return Buffer.concat([cipher.update(words), cipher.final(), cipher.getAuthTag()]);
};

test("keys and ciphertexts are WhatsApp's", () => {
  const edit = { id: known.id, author: a, editor: a };
  const voted = { id: known.id, author: a, editor: b };
  const editKey = sealKey(known.secret, "message_edit", edit);
  expect(editKey.toString("hex")).toBe("821e8f66728378d225eb76b14f33d1ea01db161a48e27177bed117eb4fa585b0");
  const sealedEdit = seal("new words", editKey, "");
  expect(sealedEdit.toString("hex")).toBe("a897630f4ec9e16239a262bfcc2cb7f7e5007e3dea2112d5fd");
  const bytes = { encPayload: sealedEdit, encIv: known.iv };
  expect(openWithSecret(bytes, known.secret, "message_edit", edit)?.toString()).toBe("new words");

  const voteKey = sealKey(known.secret, "poll_vote", voted);
  expect(voteKey.toString("hex")).toBe("cad49c0cdc2857e7b795df466682ff2530ab6905cc4ff2ecc96d9fb15dc7a8fc");
  const sealedVote = seal("x", voteKey, `${known.id}\0${b}`);
  expect(sealedVote.toString("hex")).toBe("25d71481f321a77d95ae31cf6234597c3f");
  const reaction = sealKey(known.secret, "reaction", voted);
  expect(reaction.toString("hex")).toBe("8e79c3c52d412a91d7ddf702d48d67b120c0bb61d8dc6976231825a5db93a4b0");
});

test("the key of an answer of Meta AI is WhatsApp's", () => {
  const bot = "867051314767696@bot";
  const first = derivedKey(known.secret, "Bot Message");
  expect(derivedKey(first, `${known.id}${a}${bot}`).toString("hex")).toBe(
    "a4206bb85d3df26da387e633a98adef83212f04847f62f1959ed31e21a3be4d9",
  );
});
