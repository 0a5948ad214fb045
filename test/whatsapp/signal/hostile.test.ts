import { expect, spyOn, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { maxOldSessions, maxTrialSteps } from "../../../src/whatsapp/signal/bounds.ts";
import {
  acceptSenderKey,
  decryptFromGroup,
  encryptForGroup,
  ownSenderKey,
} from "../../../src/whatsapp/signal/group-cipher.ts";
import { decryptFromDevice } from "../../../src/whatsapp/signal/session-cipher.ts";
import { SessionRecord } from "../../../src/whatsapp/signal/session-record.ts";
import { wipeSession } from "../../../src/whatsapp/signal/session-state.ts";
import { SignalError } from "../../../src/whatsapp/signal/signal-error.ts";
import { Dice } from "../../crash/dice.ts";
import { acquainted, type Message, Party } from "./party.ts";

const dice = new Dice(Date.now() % 1_000_000);

/** A few bits flipped, a stretch cut out or doubled, or noise altogether. */
function spoilt(bytes: Buffer): Buffer {
  const at = dice.below(bytes.length);
  const length = dice.below(bytes.length - at + 1);
  switch (dice.below(5)) {
    case 0:
      return randomBytes(dice.below(200));
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    default: {
      const copy = Buffer.from(bytes);
      for (let bits = 1 + dice.below(4); bits > 0; bits--) {
        const place = dice.below(copy.length);
        copy[place] = copy[place]! ^ (1 << dice.below(8));
      }
      return copy;
    }
  }
}

/** Nothing but an answer or a refusal: no other error, and never a fault of a record. */
function answersOrRefuses(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(SignalError);
    expect((error as SignalError).code).not.toBe("damaged_record");
  }
}

test("whatever bytes come from a device are read or refused, and the next message is read", () => {
  const { ann, bob } = acquainted();
  const first = new Party().begin(bob.bundle()).say("a first message");
  const next = ann.say("the next message");
  for (let round = 0; round < 5_000; round++) {
    const { type, ciphertext } = round % 2 === 0 ? first : next;
    answersOrRefuses(() => decryptFromDevice(bob.sessions, bob.local, type, spoilt(ciphertext)));
  }
  expect(bob.hear(next)).toBe("the next message");
});

test("whatever bytes come in a group are read or refused, and the next message is read", () => {
  const own = ownSenderKey(null);
  const told = acceptSenderKey(null, own.distribution);
  const { ciphertext } = encryptForGroup(own.senderKey, Buffer.from("to all"));
  for (let round = 0; round < 2_000; round++) {
    answersOrRefuses(() => decryptFromGroup(told, spoilt(ciphertext)));
    answersOrRefuses(() => acceptSenderKey(told, spoilt(own.distribution)));
  }
  expect(decryptFromGroup(told, ciphertext).plaintext.toString()).toBe("to all");
});

/** What nobody but a forger sends: a ratchet key that no session knows, and a counter far ahead. */
function farAhead(counter: number): Message {
  const varint = [(counter & 127) | 128, counter >> 7];
  const head = Buffer.concat([Buffer.from("330a2105", "hex"), randomBytes(32), Buffer.from([0x10, ...varint])]);
  return { type: "msg", ciphertext: Buffer.concat([head, Buffer.from("18002210", "hex"), randomBytes(16 + 8)]) };
}

test("a forged message makes all sessions together step 20,000 times at most", () => {
  const ann = new Party();
  const bob = new Party();
  for (let at = 0; at <= maxOldSessions; at++) ann.begin(bob.bundle());
  const tried = (counter: number) => {
    const spy = spyOn(SessionRecord.prototype, "at");
    expect(() => ann.hear(farAhead(counter))).toThrow("The MAC");
    const { length } = spy.mock.calls;
    spy.mockRestore();
    return length;
  };
  expect([tried(100), tried(2_000)]).toEqual([maxOldSessions + 1, maxTrialSteps / 2_000]);
});

test("the secrets of a state that was written are overwritten", () => {
  const { bob } = acquainted();
  const state = SessionRecord.read(bob.sessions).at(0);
  const secrets = [
    state.root,
    state.ownRatchet!.private,
    state.sending!.key,
    ...state.receiving.flatMap(({ key }) => key ?? []),
  ];
  expect(secrets.every((secret) => secret.some((byte) => byte !== 0))).toBe(true);
  wipeSession(state);
  expect(secrets.every((secret) => secret.every((byte) => byte === 0))).toBe(true);
});
