import { expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys";
import {
  type EncryptedVote,
  type VoteKeys,
  decryptVote,
  encrypt,
  encryptVote,
  messageSecretOf,
} from "../../src/whatsapp/codec/votes.ts";

const secret = new Uint8Array(32).fill(5);
const [author, authorLid, voter] = ["628111@s.whatsapp.net", "84111@lid", "84222@lid"];
const target = { id: "3EB01", sender: author, from_me: false };
const key = { remoteJid: author, id: "3EB01", fromMe: false };
const encode = (message: proto.IMessage) => proto.Message.encode(proto.Message.create(message)).finish();
const options = ["Soto", "Gado-gado", "Rendang"].map((optionName) => ({ optionName }));
const question = encode({
  messageContextInfo: { messageSecret: secret },
  pollCreationMessage: { name: "Lunch?", options },
});
const booth: VoteKeys = { wire: question, id: "3EB01", authors: [author, authorLid], voters: [voter] };
const parties = { id: "3EB01", author: authorLid, voter };

const cast = (ballot: EncryptedVote) => encode(encryptVote(ballot, key, secret, parties, 1));
const vote: EncryptedVote = { kind: "poll_vote", target, options: ["Soto", "Rendang"] };
const blank: EncryptedVote = { kind: "poll_vote", target, options: null };

test("a vote is read whichever of their names author and voter went by", () => {
  expect(messageSecretOf(question)).toEqual(Buffer.from(secret));
  expect(decryptVote(blank, cast(vote), booth)).toEqual(vote);
  expect(decryptVote(blank, cast({ ...vote, options: [] }), booth)).toEqual({ ...vote, options: [] });
});

test("an answer to an event is read, with the guests it brings", () => {
  const event = encode({ messageContextInfo: { messageSecret: secret }, eventMessage: { name: "Picnic" } });
  for (const response of ["going", "not_going", "maybe"] as const) {
    const answer: EncryptedVote = { kind: "event_response", target, response, extra_guests: 2 };
    const unread: EncryptedVote = { kind: "event_response", target, response: null, extra_guests: 0 };
    expect(decryptVote(unread, cast(answer), { ...booth, wire: event })).toEqual(answer);
  }
});

test("a vote of somebody else, for another poll, tampered with or malformed stays unread", () => {
  expect(decryptVote(blank, cast(vote), { ...booth, voters: ["84333@lid"] })).toEqual(blank);
  expect(decryptVote(blank, cast(vote), { ...booth, id: "3EB02" })).toEqual(blank);
  expect(decryptVote(blank, cast(vote), { ...booth, wire: encode({ conversation: "no poll" }) })).toEqual(blank);
  const sealed = proto.Message.decode(cast(vote));
  const encPayload = sealed.pollUpdateMessage?.vote?.encPayload;
  if (encPayload) encPayload[0] = (encPayload[0] ?? 0) ^ 1;
  expect(decryptVote(blank, encode(sealed), booth)).toEqual(blank);
  const nonsense = {
    pollUpdateMessage: { vote: encrypt(Buffer.from([0x0a, 0xff, 0xff]), "poll_vote", secret, parties) },
  };
  expect(decryptVote(blank, encode(nonsense), booth)).toEqual(blank);
  for (const malformed of [
    {},
    { encPayload: new Uint8Array(3) },
    { encPayload: new Uint8Array(40), encIv: new Uint8Array(2) },
  ])
    expect(decryptVote(blank, encode({ pollUpdateMessage: { vote: malformed } }), booth)).toEqual(blank);
});
