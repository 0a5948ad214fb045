import { expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys";
import { isProtocolMessage, toContent } from "../../src/whatsapp/codec/convert/index.ts";
import { kindNames } from "../../src/whatsapp/codec/convert/envelopes.ts";
import { readingOf } from "../../src/whatsapp/codec/reading.ts";
import { decodeMessage, unknownFields } from "../../src/whatsapp/codec/definition/decode.ts";
import { envelopeNames, typeDefinition } from "../../src/whatsapp/codec/definition/message-definition.ts";
import unread from "./unread-fields.json" with { type: "json" };

const allowed = ["errand", "for servers only", "deprecated"];
const where = { id: "X", chat: "1@lid", sender: "1@lid", fromMe: false, isGroup: false };
const reading = readingOf(where, "test", { id: "2@s.whatsapp.net", lid: "2@lid" });

/** A message of a type with something in each of its fields. */
function sample(type: string, depth = 0): object {
  const entries = [...typeDefinition(type).values()].map(({ name, code, type: inner, repeated }) => {
    const value =
      code === "@"
        ? depth > 3
          ? {}
          : sampleOf(inner, depth)
        : code === "s"
          ? "words"
          : code === "b"
            ? new Uint8Array(12)
            : code === "o"
              ? true
              : 1;
    return [name, repeated ? [value] : value] as const;
  });
  return Object.fromEntries(entries);
}
const sampleOf = (type: string, depth: number): object =>
  type === "Message" ? { conversation: "words" } : sample(type, depth + 1);

const fields = [...typeDefinition("Message").values()];

/** Its words stand sealed: `additions.ts` opens them. */
const sealed = "encCommentMessage";
const read = fields.map(({ name }) => name).filter((name) => !(name in unread) && name !== sealed);

test.each(read)("%s is read", (name) => {
  const { type } = fields.find((field) => field.name === name) ?? { type: "" };
  const message = { [name]: type === "" ? "words" : sampleOf(type, 0) };
  const { content } = toContent(message, reading);
  expect(content.kind === "unsupported" ? content.type : null).toBeNull();
  expect(isProtocolMessage(message)).toBe(false);
});

test("what is not read has a reason, and exists", () => {
  const names = new Set(fields.map(({ name }) => name));
  for (const [name, reason] of Object.entries(unread)) {
    expect(allowed).toContain(reason);
    expect(names.has(name)).toBe(true);
    // Nobody hears of it as of a message.
    const { type } = fields.find((field) => field.name === name) ?? { type: "" };
    if (reason === "errand") expect(isProtocolMessage({ [name]: sampleOf(type, 0) })).toBe(true);
  }
});

test("envelopes are known by their shape", () => {
  for (const name of ["spoilerMessage", "newsletterAdminProfileMessage", "botPlatformRegistrationSuccessMessage"])
    expect(envelopeNames()).toContain(name);
  for (const name of envelopeNames()) {
    const { content } = toContent({ [name]: { message: { conversation: "words" } } }, reading);
    const isNotice = name.includes("tatusMention");
    expect(content.kind).toBe(isNotice ? "status_notice" : "text");
  }
});

test("a field that is newer than the definition is named by its number, with the words beside it", () => {
  const wire = Buffer.from([...tag(900), 4, 0x0a, 2, 104, 105]);
  const message = decodeMessage(wire);
  expect(unknownFields(message)).toEqual([900]);
  expect(isProtocolMessage(message)).toBe(false);
  expect(toContent(message, reading).content).toEqual({ kind: "unsupported", type: "field_900" });
});

test("an envelope that is newer than the definition shows the words in it", () => {
  const words = Buffer.from([0x0a, 5, ...Buffer.from("words")]);
  const inEnvelope = (...bytes: number[]) =>
    toContent(decodeMessage(Buffer.from([...tag(900), bytes.length, ...bytes])), reading).content;
  const told = { kind: "unsupported", type: "field_900" } as const;
  expect(inEnvelope(0x0a, words.length, ...words)).toEqual({ ...told, text: "words" });
  // Of another shape, or with something else inside, it is a guess no more.
  expect(inEnvelope(0x0a, words.length, ...words, 0x10, 1)).toEqual(told);
  expect(inEnvelope(0x12, words.length, ...words)).toEqual(told);
  expect(inEnvelope(0x0a, 4, 0xff, 0xff, 0xff, 0xff)).toEqual(told);
});

const tag = (number: number): number[] => {
  const bytes: number[] = [];
  for (let left = number * 8 + 2; left > 0; left = Math.floor(left / 128))
    bytes.push((left % 128) + (left > 127 ? 128 : 0));
  return bytes;
};

const same: proto.IMessage[] = [
  {
    extendedTextMessage: {
      text: "hé 👍",
      contextInfo: {
        stanzaId: "X",
        mentionedJid: ["1@lid", "2@lid"],
        quotedMessage: { conversation: "q" },
        forwardingScore: 3,
      },
    },
    messageContextInfo: { messageSecret: Buffer.alloc(32, 1) },
  },
  { locationMessage: { degreesLatitude: -6.2, degreesLongitude: 106.8, accuracyInMeters: 5, speedInMps: 1.5 } },
  {
    pollCreationMessage: { name: "?", options: [{ optionName: "a" }, { optionName: "b" }], selectableOptionsCount: 0 },
  },
  { eventMessage: { name: "Picnic", startTime: 1_800_000_000, isCanceled: false } },
];

test.each(same)("what Baileys decodes is decoded the same", (message) => {
  const wire = proto.Message.encode(proto.Message.fromObject(message)).finish();
  const [ours, theirs] = [decodeMessage(wire), proto.Message.decode(wire)];
  expect(kindNames(ours)).toEqual(kindNames(theirs));
  expect(toContent(ours, reading)).toEqual(toContent(theirs, reading));
});

test("nonsense ends in an error, however deep it nests", () => {
  let deep = Buffer.from([0x0a, 0]);
  for (let depth = 0; depth < 100; depth++)
    deep = Buffer.concat([
      Buffer.from([...tag(40), ...length(deep.length + 1 + length(deep.length).length), 0x0a, ...length(deep.length)]),
      deep,
    ]);
  expect(() => decodeMessage(deep)).toThrow(RangeError);
  for (const bytes of [[0x0a, 0xff], [0x0a, 5, 1], [0xff], [0x0f]])
    expect(() => decodeMessage(Buffer.from(bytes))).toThrow();
});

const length = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...length(Math.floor(value / 128))];
