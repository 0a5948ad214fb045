import { afterAll, beforeAll, expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys";
import { el } from "../../src/simulator/index.ts";
import { isProtocolMessage } from "../../src/whatsapp/codec/convert/index.ts";
import { knownFields, newerFields } from "../../src/whatsapp/codec/fields/known-fields.ts";
import { startBot, type TestBot } from "../harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot({ simulator: { history: "inline", appState: "patches" } });
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const encoded = (message: proto.IMessage) => proto.Message.encode(proto.Message.fromObject(message)).finish();
/** A protocol message of this type, which no definition need know. */
const ofType = (type: number) => {
  const varint: number[] = [];
  for (let left = type; ; left >>= 7) {
    varint.push(left > 127 ? (left & 127) | 128 : left);
    if (left < 128) break;
  }
  const inner = [0x10, ...varint];
  return Buffer.from([0x62, inner.length, ...inner]);
};
const copy = (wire: Uint8Array) => {
  const inner = proto.Message.decode(wire);
  return encoded({ deviceSentMessage: { destinationJid: bot.contact().lid, message: inner } });
};

/** Told by the contact, or by the owner's phone. */
function comes(id: string, wire: Uint8Array, by: "contact" | "copy" | "peer" = "contact"): void {
  const device = bot.phone.user.linked[0]?.jid() ?? "";
  const { phone, user } =
    by === "contact"
      ? { phone: bot.contact().user.phone, user: bot.contact() }
      : { phone: bot.phone.user.phone, user: bot.phone };
  const t = String(Math.floor(Date.now() / 1_000));
  const more = { contact: {}, copy: { recipient: bot.contact().lid }, peer: { category: "peer" } }[by];
  const attrs = { id, from: user.lid, t, type: "text", ...more };
  bot.sim.raw.queue(device, el("message", attrs, bot.sim.raw.seal(phone, device, wire)));
}

const unsupported = (id: string) => bot.next("message.received", ({ data }) => data.id === id);
const undecryptable = (id: string) => bot.next("message.undecryptable", ({ data }) => data.id === id);

test.each([
  ["no field", () => new Uint8Array()],
  ["a secret and no words", () => encoded({ messageContextInfo: { messageSecret: Buffer.alloc(32, 1) } })],
  ["an envelope of nothing", () => encoded({ ephemeralMessage: { message: {} } })],
])("a message with %s is told as empty", async (what, wire) => {
  comes(`N ${what}`, wire());
  const { data } = await undecryptable(`N ${what}`);
  expect(data).toMatchObject({ reason: "failed", cause: "empty", from_me: false });
});

test("a copy of nothing is told as empty, in its chat", async () => {
  comes("C1", copy(new Uint8Array()), "copy");
  const { data } = await undecryptable("C1");
  expect(data).toMatchObject({ cause: "empty", from_me: true, chat: bot.contact().lid });
});

test.each([38, 127, 9999])("a protocol message of the unknown type %d is told by its number", async (type) => {
  comes(`P${type}`, ofType(type));
  const { data } = await unsupported(`P${type}`);
  expect(data.content).toMatchObject({ kind: "unsupported", type: `protocol_${type}` });
});

test("errands are told to nobody: those that are known, and whatever the own phone tells its companions", async () => {
  comes("E1", ofType(8));
  comes("E2", encoded({ senderKeyDistributionMessage: { groupId: "1@g.us" } }));
  comes("E3", ofType(9999), "peer");
  comes("E4", new Uint8Array(), "peer");
  comes("E5", encoded({ conversation: "afterwards" }));
  await unsupported("E5");
  const told = bot.events.flatMap(({ data }) => ("id" in data ? [data.id] : []));
  expect(told.filter((id) => ["E1", "E2", "E3", "E4"].includes(String(id)))).toEqual([]);
});

test("each type of protocol message that a definition knows is one of the two", () => {
  const known = [knownFields(), newerFields()].flatMap((table) => [
    ...(table.get("Message.ProtocolMessage.Type")?.keys() ?? []),
  ]);
  const { REVOKE, MESSAGE_EDIT, EPHEMERAL_SETTING } = proto.Message.ProtocolMessage.Type;
  const news = known.filter((type) => !isProtocolMessage(proto.Message.fromObject({ protocolMessage: { type } })));
  expect(new Set(news)).toEqual(new Set<number>([REVOKE, MESSAGE_EDIT, EPHEMERAL_SETTING]));
});
