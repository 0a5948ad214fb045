import { expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys";
import { Redaction } from "../../src/core/trace/redaction.ts";
import { shapeOfMessage } from "../../src/whatsapp/codec/fields/field-shapes.ts";
import type { Stanza } from "../../src/simulator/index.ts";
import { stanzas } from "../reality/cases.ts";
import { Names } from "../reality/names.ts";

/** Numbers that follow from a seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Secrets {
  readonly phones: string[];
  readonly texts: string[];
  readonly keys: Buffer[];
}

/** A stanza full of secrets, in every place where real ones stand and in some where they do not. */
function strew(roll: () => number, secrets: Secrets, depth = 0): Stanza {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)] as T;
  const phone = () => pick(secrets.phones);
  const text = () => pick(secrets.texts);
  const key = () => pick(secrets.keys);
  const values = [
    () => `${phone()}@s.whatsapp.net`,
    () => `${phone()}:12@s.whatsapp.net`,
    () => `${phone()}_1:99@hosted`,
    () => `${phone()}@lid`,
    () => `${phone()}-1600000000@g.us`,
    () => `${text()}@elsewhere.example`,
    phone,
    text,
    () => key().toString("base64"),
    () => key().toString("hex"),
    () => `${phone()}: ${text()}`,
  ];
  const names = [
    "from",
    "to",
    "id",
    "participant",
    "notify",
    "jid",
    "name",
    "subject",
    "code",
    "reason",
    "type",
    "class",
  ];
  names.push("count", "value", "media", "state", "edit", "xmlns", "op_name", "offline", "t", "phone_number", phone());
  const attrs = Object.fromEntries(Array.from({ length: 6 }, () => [pick(names), pick(values)()]));
  const tag = pick([
    "message",
    "notification",
    "enc",
    "participant",
    "collection",
    "category",
    "user",
    phone(),
    text(),
  ]);
  const contents = [
    () => text(),
    () => key(),
    () => Buffer.from(text()),
    () => Buffer.from(JSON.stringify({ jid: `${phone()}@s.whatsapp.net`, text: text() })),
    () => Array.from({ length: 3 }, () => strew(roll, secrets, depth + 1)),
  ];
  return { tag, attrs, content: depth > 3 ? key() : pick(contents)() };
}

function secretsOf(roll: () => number): Secrets {
  const digits = (length: number) => Array.from({ length }, () => Math.floor(roll() * 10)).join("");
  const words = [
    "Meet me at noon",
    "harga berapa ya?",
    "Übermorgen früh",
    "早上好 朋友",
    "PIN is 4821",
    "Anita Wijaya",
    "naïve_ÿ",
  ];
  return {
    phones: Array.from({ length: 4 }, () => `62${digits(9 + Math.floor(roll() * 3))}`),
    texts: words.map((word) => `${word} ${digits(3)}!`),
    keys: Array.from({ length: 4 }, () => Buffer.from(Array.from({ length: 32 }, () => Math.floor(roll() * 256)))),
  };
}

/** What of the secrets stands in a text, however it is written. */
function survivors(said: string, { phones, texts, keys }: Secrets): string[] {
  const windows = (whole: string, size: number) =>
    Array.from({ length: Math.max(0, whole.length - size + 1) }, (_, at) => whole.slice(at, at + size));
  const runs = phones.flatMap((phone) => windows(phone, 5));
  const parts = texts.flatMap((text) => text.split(/[^\p{L}]+/u).filter((word) => word.length > 3));
  const bytes = keys.flatMap((key) => [...windows(key.toString("hex"), 6), ...windows(key.toString("base64"), 5)]);
  return [...runs, ...parts, ...bytes].filter((secret) => said.includes(secret));
}

test("no digit run of a number, no text and no byte of a key survives, wherever it stands", () => {
  for (let seed = 1; seed <= 2_000; seed++) {
    const roll = dice(seed);
    const secrets = secretsOf(roll);
    const redaction = new Redaction();
    const mine = [`${secrets.phones[0]}:3@s.whatsapp.net`];
    const said = JSON.stringify([1, 2].map(() => redaction.stanza(strew(roll, secrets), mine)));
    expect(survivors(said, secrets), `seed ${seed}: ${said}`).toEqual([]);
  }
});

test("nor of a message: numbers of fields, lengths and enums are all that is left", () => {
  const secrets = secretsOf(dice(7));
  const [phone = "", text = "", key] = [secrets.phones[0], secrets.texts[0], secrets.keys[0]];
  const wire = proto.Message.encode({
    extendedTextMessage: { text, contextInfo: { participant: `${phone}@s.whatsapp.net`, stanzaId: phone } },
    messageContextInfo: { messageSecret: key ?? null },
    protocolMessage: { type: proto.Message.ProtocolMessage.Type.MESSAGE_EDIT, timestampMs: Number(phone) },
  }).finish();
  const shape = shapeOfMessage(wire);
  expect(survivors(JSON.stringify(shape), secrets)).toEqual([]);
  expect(JSON.stringify(shape)).toContain('[12,[[2,"enum 14"]');
  expect(JSON.stringify(shape)).toContain(`[1,${Buffer.byteLength(text)}]`);
});

test("structure stays, and the same value is the same token", () => {
  const redaction = new Redaction();
  const mine = ["6281100000001:4@s.whatsapp.net", "150428831739083:4@lid"];
  const message = (id: string) => ({
    tag: "message",
    attrs: { from: "6281234567890:2@s.whatsapp.net", recipient: "150428831739083@lid", id, type: "text", offline: "3" },
    content: [{ tag: "enc", attrs: { v: "2", type: "pkmsg" }, content: new Uint8Array(33) }],
  });
  expect(redaction.stanza(message("3EB0AA"), mine)).toEqual({
    tag: "message",
    attrs: { from: "{user1}:2@s.whatsapp.net", recipient: "{me}@lid", id: "{text:6#2}", type: "text", offline: "3" },
    content: [{ tag: "enc", attrs: { v: "2", type: "pkmsg" }, content: "{bytes:33#3}" }],
  });
  expect(redaction.stanza(message("3EB0AB"), mine).attrs).toMatchObject({
    from: "{user1}:2@s.whatsapp.net",
    id: "{text:6#4}",
  });
  expect(redaction.text("3EB0AA")).toBe("{text:6#2}");
});

test("tags and attributes of real stanzas are all there after it", () => {
  const names = new Names({
    ani: "6281234567890@s.whatsapp.net",
    g: "120363000862576260@g.us",
    now: "1796076301",
    id: "A1",
  });
  for (const { node } of stanzas) {
    if (!node) continue;
    const stanza = names.stanza(node);
    expect(skeleton(new Redaction().stanza(stanza, []))).toEqual(skeleton(stanza));
  }
});

function skeleton({ tag, attrs, content }: { tag: string; attrs: object; content?: unknown }): unknown {
  return [tag, Object.keys(attrs), Array.isArray(content) ? content.map(skeleton) : typeof content === "undefined"];
}
