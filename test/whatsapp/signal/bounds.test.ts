import { expect, test } from "bun:test";
import * as bounds from "../../../src/whatsapp/signal/bounds.ts";
import {
  acceptSenderKey,
  decryptFromGroup,
  encryptForGroup,
  ownSenderKey,
} from "../../../src/whatsapp/signal/group-cipher.ts";
import { closeSessions, inspectSessions, startSession } from "../../../src/whatsapp/signal/session-cipher.ts";
import { SessionRecord } from "../../../src/whatsapp/signal/session-record.ts";
import { decodeSenderKeys } from "../../../src/whatsapp/signal/sender-key-record.ts";
import { SignalError, type SignalErrorCode } from "../../../src/whatsapp/signal/signal-error.ts";
import { acquainted, exchange, type Message, Party } from "./party.ts";

/** The code of the refusal; a test that is not refused fails. */
function refusal(work: () => unknown): SignalErrorCode {
  try {
    work();
  } catch (error) {
    if (error instanceof SignalError) return error.code;
    throw error;
  }
  throw new Error("not refused");
}

test("a message is late by four turns of the ratchet at most", () => {
  const both = acquainted();
  const late: Message[] = [];
  for (let turn = 0; turn < bounds.maxReceivingChains + 1; turn++) {
    late.push(both.ann.say(`late ${turn}`));
    exchange(both);
  }
  expect(refusal(() => both.bob.hear(late[0]!))).toBe("forged");
  for (const turn of [1, 2, 3, 4, 5]) expect(both.bob.hear(late[turn]!)).toBe(`late ${turn}`);
});

test("a message is ahead by 2,000 of its chain at most", () => {
  const { ann, bob } = acquainted();
  const messages = Array.from({ length: bounds.maxChainJump + 2 }, (_, at) => ann.say(`message ${at}`));
  expect(refusal(() => bob.hear(messages.at(-1)!))).toBe("too_far_ahead");
  expect(bob.hear(messages.at(-2)!)).toBe(`message ${bounds.maxChainJump}`);
  expect(bob.hear(messages.at(-1)!)).toBe(`message ${bounds.maxChainJump + 1}`);
});

test("2,000 keys are kept for messages that did not come, the newest of all chains", () => {
  const both = acquainted();
  const { ann, bob } = both;
  const first = Array.from({ length: 1_500 }, (_, at) => ann.say(`first ${at}`));
  exchange(both);
  const second = Array.from({ length: 1_000 }, (_, at) => ann.say(`second ${at}`));
  exchange(both);
  const record = SessionRecord.read(bob.sessions).at(0);
  const kept = record.receiving.reduce((sum, { skipped }) => sum + skipped.length / 36, 0);
  expect(kept).toBe(bounds.maxSkippedKeys);
  expect(refusal(() => bob.hear(first[499]!))).toBe("already_read");
  expect(bob.hear(first[500]!)).toBe("first 500");
  expect(bob.hear(second[0]!)).toBe("second 0");
});

test("40 old sessions are kept beside the newest", () => {
  const { ann, bob } = acquainted();
  const late: Message[] = [];
  for (let at = 0; at < bounds.maxOldSessions + 2; at++) {
    late.push(bob.begin(ann.bundle()).say(`session ${at}`), bob.say(`more of session ${at}`));
    ann.hear(late.at(-2)!);
  }
  expect(inspectSessions(ann.sessions).size).toBe(bounds.maxOldSessions + 1);
  expect(refusal(() => ann.hear(late[1]!))).toBe("unknown_pre_key");
  expect(ann.hear(late[3]!)).toBe("more of session 1");
});

test("a sender key has five states, and is ahead by 25,000 at most", () => {
  let told: Buffer | null = null;
  let own: Buffer | null = null;
  const messages: Buffer[] = [];
  for (let rotation = 0; rotation <= bounds.maxSenderKeyStates; rotation++) {
    const made = ownSenderKey(null);
    told = acceptSenderKey(told, made.distribution);
    const sealed = encryptForGroup(made.senderKey, Buffer.from(`rotation ${rotation}`));
    messages.push(sealed.ciphertext);
    own = sealed.senderKey;
  }
  expect(decodeSenderKeys(told)).toHaveLength(bounds.maxSenderKeyStates);
  expect(refusal(() => decryptFromGroup(told, messages[0]!))).toBe("no_session");
  expect(decryptFromGroup(told, messages[1]!).plaintext.toString()).toBe("rotation 1");
  let ahead: Buffer = Buffer.alloc(0);
  const step = () => ({ senderKey: own, ciphertext: ahead } = encryptForGroup(own, Buffer.from("ahead")));
  for (let at = 1; at <= bounds.maxSenderKeyJump; at++) step();
  const opened = decryptFromGroup(told, ahead);
  expect(decodeSenderKeys(opened.senderKey)[0]?.skipped.length).toBe(bounds.maxSkippedKeys * 36);
  step();
  expect(refusal(() => decryptFromGroup(told, ahead))).toBe("too_far_ahead");
  expect(decryptFromGroup(opened.senderKey, ahead).plaintext.toString()).toBe("ahead");
});

test("a session of thousands of exchanges stays below 8 KB", () => {
  const both = acquainted();
  for (let at = 0; at < 2_000; at++) exchange(both);
  expect(both.ann.sessions?.length).toBeLessThan(1_024);
  expect(both.bob.sessions?.length).toBeLessThan(1_024);
});

test("both begin at once, and come to use one session", () => {
  const [ann, bob] = [new Party(), new Party()];
  ann.begin(bob.bundle());
  bob.begin(ann.bundle());
  const [toBob, toAnn] = [ann.say("from ann"), bob.say("from bob")];
  expect([bob.hear(toBob), ann.hear(toAnn)]).toEqual(["from ann", "from bob"]);
  exchange({ ann, bob });
  exchange({ ann, bob });
  const open = ({ sessions }: Party) => inspectSessions(sessions).open?.baseKey.toString("hex");
  expect(open(ann)).toBe(open(bob));
});

test("a session of a former identity is read and not written on", () => {
  const { ann, bob } = acquainted();
  const late = ann.say("sealed before I lost my phone");
  const again = new Party();
  again.begin(bob.bundle());
  expect(bob.hear(again.say("it is me"))).toBe("it is me");
  expect(bob.hear(late)).toBe("sealed before I lost my phone");
  expect(again.hear(bob.say("I see"))).toBe("I see");
});

test("a closed session is read, and opened again by whoever uses it", () => {
  const { ann, bob } = acquainted();
  bob.sessions = closeSessions(bob.sessions);
  expect(inspectSessions(bob.sessions)).toEqual({ open: null, size: 1 });
  expect(refusal(() => bob.say("nobody hears this"))).toBe("no_session");
  expect(bob.hear(ann.say("still here"))).toBe("still here");
  expect(ann.hear(bob.say("so am I"))).toBe("so am I");
});

test("a signed pre-key that another identity signed begins no session", () => {
  const [ann, bob] = [new Party(), new Party()];
  const bundle = { ...bob.bundle(), identity: new Party().bundle().identity };
  expect(refusal(() => startSession(null, ann.local, bundle))).toBe("forged");
  const { signature } = bundle.signedPreKey;
  const other = Buffer.from(signature);
  other[10]! ^= 1;
  const altered = bob.bundle();
  expect(refusal(() => ann.begin({ ...altered, signedPreKey: { ...altered.signedPreKey, signature: other } }))).toBe(
    "forged",
  );
});

test("a one-time pre-key is for one session; the same first message again is told from another", () => {
  const [ann, bob, eve] = [new Party(), new Party(), new Party()];
  const bundle = bob.bundle();
  const first = ann.begin(bundle).say("first");
  expect(bob.hear(first)).toBe("first");
  expect(refusal(() => bob.hear(first))).toBe("already_read");
  const other = eve.begin(bundle).say("with the same pre-key");
  bob.sessions = null;
  expect(refusal(() => bob.hear(other))).toBe("unknown_pre_key");
});

test("what was stored and does not read is refused as damaged, whichever byte is missing", () => {
  const { ann } = acquainted();
  const stored = Buffer.from(ann.sessions as Buffer);
  for (let length = 0; length < stored.length; length++)
    expect(refusal(() => SessionRecord.read(stored.subarray(0, length)))).toBe("damaged_record");
  expect(refusal(() => SessionRecord.read(Buffer.concat([stored, Buffer.alloc(1)])))).toBe("damaged_record");
  expect(refusal(() => SessionRecord.read(Buffer.concat([Buffer.from([2]), stored.subarray(1)])))).toBe(
    "damaged_record",
  );
  expect(refusal(() => SessionRecord.read(`{"_sessions":{"a":{}}}`))).toBe("damaged_record");
  expect(refusal(() => decodeSenderKeys(Buffer.from("[{}]")))).toBe("damaged_record");
  const { senderKey } = ownSenderKey(null);
  for (let length = 0; length < senderKey.length; length++)
    expect(refusal(() => decodeSenderKeys(senderKey.subarray(0, length)))).toBe("damaged_record");
});

test("a record that does not read is no obstacle to a new session, from either side", () => {
  const { ann, bob } = acquainted();
  for (const damaged of [Buffer.from([9, 9, 9]), "{}", (bob.sessions as Buffer).subarray(0, 40)]) {
    bob.sessions = damaged;
    expect(inspectSessions(damaged)).toEqual({ open: null, size: 0 });
    expect(refusal(() => bob.hear(ann.say("under way")))).toBe("damaged_record");
    expect(bob.hear(ann.begin(bob.bundle()).say("anew"))).toBe("anew");
    bob.sessions = damaged;
    expect(ann.hear(bob.begin(ann.bundle()).say("anew from here"))).toBe("anew from here");
  }
});

test("a message of another version, or with its version altered, is refused", () => {
  const { ann, bob } = acquainted();
  const { type, ciphertext } = ann.say("text");
  const withVersion = (byte: number) => ({
    type,
    ciphertext: Buffer.concat([Buffer.from([byte]), ciphertext.subarray(1)]),
  });
  for (const byte of [0x23, 0x43, 0xff, 0]) expect(refusal(() => bob.hear(withVersion(byte)))).toBe("malformed");
  expect(refusal(() => bob.hear(withVersion(0x31)))).toBe("forged");
  expect(bob.hear({ type, ciphertext })).toBe("text");
});
