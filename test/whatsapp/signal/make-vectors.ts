/**
 * Wrote `libsignal-vectors.json` with libsignal 6.0.0, whose records and messages ours must read for ever:
 * `bun test/whatsapp/signal/make-vectors.ts`. The specifications publish no vectors of sessions.
 */
import { join } from "node:path";
import {
  libsignalAcceptSenderKey,
  libsignalDecrypt,
  libsignalEncrypt,
  libsignalGroupDecrypt,
  libsignalGroupEncrypt,
  libsignalOwnSenderKey,
  libsignalStart,
} from "./libsignal-engine.ts";
import { Party } from "./party.ts";

/** A party of libsignal's. */
class Theirs extends Party {
  json: string | null = null;

  async starts(other: Theirs): Promise<void> {
    this.json = await libsignalStart(this.json, this.local, other.bundle());
  }
  async says(text: string) {
    const { type, ciphertext, json } = await libsignalEncrypt(this.json ?? "", this.local, Buffer.from(text));
    this.json = json;
    return { type, ciphertext: ciphertext.toString("base64"), plaintext: text };
  }
  async hears({ type, ciphertext }: { type: "pkmsg" | "msg"; ciphertext: string }): Promise<void> {
    const done = await libsignalDecrypt(this.json, this.local, type, Buffer.from(ciphertext, "base64"));
    this.json = done.json;
    if (done.spentPreKey !== null) this.preKeys.delete(done.spentPreKey);
  }
  /** All that ours needs to read in its place. */
  keys() {
    const pair = (one: { public: Buffer; private: Buffer }) => ({
      public: one.public.toString("base64"),
      private: one.private.toString("base64"),
    });
    return {
      identity: pair(this.local.identity),
      signedPreKey: pair(this.local.signedPreKey(1)!),
      preKeys: Object.fromEntries([...this.preKeys].map(([id, one]) => [id, pair(one)])),
      sessions: this.json,
    };
  }
}

type Said = Awaited<ReturnType<Theirs["says"]>>;
const vectors: {
  name: string;
  reader: ReturnType<Theirs["keys"]>;
  messages: (Said | (Omit<Said, "plaintext"> & { refused: string }))[];
}[] = [];

async function pair() {
  const [ann, bob] = [new Theirs(), new Theirs()];
  await ann.starts(bob);
  return { ann, bob };
}
async function acquainted() {
  const { ann, bob } = await pair();
  await bob.hears(await ann.says("hello"));
  await ann.hears(await bob.says("hello yourself"));
  return { ann, bob };
}

{
  const { ann, bob } = await pair();
  const reader = bob.keys();
  const messages = [await ann.says("one"), await ann.says("two"), await ann.says("three")];
  const again = { type: messages[0]!.type, ciphertext: messages[0]!.ciphertext, refused: "already_read" };
  vectors.push({
    name: "first messages, out of order and once more",
    reader,
    messages: [messages[2]!, messages[0]!, messages[1]!, again],
  });
}
{
  const { ann, bob } = await acquainted();
  const skipped = [await ann.says("skipped 0"), await ann.says("skipped 1")];
  await bob.hears(await ann.says("skipping"));
  const before = await ann.says("of the turn before");
  await ann.hears(await bob.says("a turn"));
  const reader = bob.keys();
  const turned = await ann.says("of the next turn");
  vectors.push({
    name: "keys that libsignal skipped, and a turn",
    reader,
    messages: [turned, before, skipped[1]!, skipped[0]!],
  });
}
{
  const { ann, bob } = await acquainted();
  const older = await ann.says("of the older session");
  await bob.starts(ann);
  const reader = bob.keys();
  vectors.push({ name: "a record with two sessions, the newer of which is not answered", reader, messages: [older] });
}
{
  const { ann, bob } = await pair();
  await bob.starts(ann);
  const [toBob, toAnn] = [await ann.says("from ann"), await bob.says("from bob")];
  await ann.hears(toAnn);
  const reader = bob.keys();
  vectors.push({ name: "both begin at once", reader, messages: [toBob, await ann.says("again from ann")] });
}

const own = await libsignalOwnSenderKey(null);
const told = await libsignalAcceptSenderKey(null, own.distribution);
let sender = own.json;
const sealed: { ciphertext: string; plaintext: string }[] = [];
for (let at = 0; at < 5; at++) {
  const { json, ciphertext } = await libsignalGroupEncrypt(sender, Buffer.from(`to all ${at}`));
  sender = json;
  sealed.push({ ciphertext: ciphertext.toString("base64"), plaintext: `to all ${at}` });
}
const { json: stored } = await libsignalGroupDecrypt(told, Buffer.from(sealed[2]!.ciphertext, "base64"));
const groups = {
  distribution: own.distribution.toString("base64"),
  sealed,
  /** The reader's record when the third was read. */
  stored,
  /** The author's, when all were written. */
  author: sender,
};
await Bun.write(
  join(import.meta.dir, "libsignal-vectors.json"),
  `${JSON.stringify({ sessions: vectors, groups }, null, 1)}\n`,
);
