import { describe, expect, test } from "bun:test";
import { Random } from "../base/random.ts";
import { DeviceKeys } from "../signal/bundle.ts";
import { pad, unpad } from "../signal/padding.ts";
import { type Ciphertext, Sessions } from "../signal/session.ts";

function pair(seed: number) {
  const random = new Random(seed);
  const [annKeys, bobKeys] = [new DeviceKeys(random), new DeviceKeys(random)];
  const [ann, bob] = [new Sessions(annKeys, random), new Sessions(bobKeys, random)];
  ann.open(bobKeys.takeBundle());
  return { ann, bob, annKeys, bobKeys, random };
}

const say = (from: Sessions, text: string): Ciphertext => from.encrypt(Buffer.from(text));
const read = (by: Sessions, { type, bytes }: Ciphertext): string => by.decrypt(type, bytes).toString();

test("a conversation: the first messages build the session, later ones use it", () => {
  const { ann, bob } = pair(1);
  const first = say(ann, "one");
  expect(first.type).toBe("pkmsg");
  expect(read(bob, first)).toBe("one");
  expect(say(ann, "still unanswered").type).toBe("pkmsg");
  expect(read(ann, say(bob, "two"))).toBe("two");
  const third = say(ann, "three");
  expect(third.type).toBe("msg");
  expect(read(bob, third)).toBe("three");
});

test("messages may arrive in any order, each is read once", () => {
  const { ann, bob } = pair(2);
  read(bob, say(ann, "start"));
  read(ann, say(bob, "go"));
  const sent = Array.from({ length: 10 }, (_, at) => say(ann, `message ${at}`));
  for (const at of [9, 0, 5, 3, 1, 8, 2, 7, 4, 6]) expect(read(bob, sent[at]!)).toBe(`message ${at}`);
  for (const one of sent) expect(() => read(bob, one)).toThrow();
});

test("a message of an earlier turn that arrives late is still read", () => {
  const { ann, bob } = pair(3);
  read(bob, say(ann, "start"));
  read(ann, say(bob, "go"));
  const late = say(ann, "late");
  read(bob, say(ann, "in time"));
  read(ann, say(bob, "answer"));
  read(bob, say(ann, "next turn"));
  expect(read(bob, late)).toBe("late");
});

test("a forged message is refused and changes nothing", () => {
  const { ann, bob } = pair(4);
  read(bob, say(ann, "start"));
  const message = say(bob, "genuine");
  for (let at = 1; at < message.bytes.length; at += 7) {
    const bytes = Buffer.from(message.bytes);
    bytes[at] = (bytes[at] ?? 0) ^ 4;
    expect(() => ann.decrypt("msg", bytes)).toThrow();
  }
  expect(read(ann, message)).toBe("genuine");
});

test("a one-time pre-key is spent by its first use", () => {
  const { ann, bob, bobKeys } = pair(5);
  read(bob, say(ann, "one"));
  const random = new Random(6);
  const stranger = new Sessions(new DeviceKeys(random), random);
  const bundle = bobKeys.takeBundle();
  expect(bundle.preKey?.id).toBe(2);
  stranger.open({ ...bundle, preKey: { id: 1, key: bundle.preKey!.key } });
  expect(() => read(new Sessions(bobKeys, random), say(stranger, "replay"))).toThrow("pre-key 1 is unknown or spent");
});

test("a device without one-time pre-keys can still be written to", () => {
  const random = new Random(7);
  const keys = new DeviceKeys(random);
  keys.exhausted = true;
  const [ann, bob] = [new Sessions(new DeviceKeys(random), random), new Sessions(keys, random)];
  ann.open(keys.takeBundle());
  expect(read(bob, say(ann, "hello"))).toBe("hello");
});

test("both sides may start at the same time", () => {
  const { ann, bob, annKeys } = pair(8);
  bob.open(annKeys.takeBundle());
  const [toBob, toAnn] = [say(ann, "to bob"), say(bob, "to ann")];
  expect(read(bob, toBob)).toBe("to bob");
  expect(read(ann, toAnn)).toBe("to ann");
  expect(read(bob, say(ann, "again"))).toBe("again");
  expect(read(ann, say(bob, "again"))).toBe("again");
});

test("a signed pre-key that its identity did not sign is refused", () => {
  const { ann, bobKeys } = pair(9);
  const bundle = bobKeys.takeBundle();
  const signature = Buffer.from(bundle.signedPreKey.signature);
  signature[10] = (signature[10] ?? 0) ^ 1;
  expect(() => ann.open({ ...bundle, signedPreKey: { ...bundle.signedPreKey, signature } })).toThrow("not signed by");
});

describe("padding", () => {
  test("is 1 to 16 bytes and comes off again", () => {
    const random = new Random(10);
    const lengths = Array.from({ length: 300 }, () => pad(Buffer.from("abc"), random).length - 3);
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([1, 16]);
    expect(unpad(pad(Buffer.from("abc"), random)).toString()).toBe("abc");
  });
  test.each([[Buffer.alloc(0)], [Buffer.from([0])], [Buffer.from([1, 3])]])("refuses %p", (bytes) => {
    expect(() => unpad(bytes)).toThrow("padding");
  });
});
