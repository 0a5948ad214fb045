import { expect, test } from "bun:test";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { proto } from "@whiskeysockets/baileys";
import { actionKinds, actionSchemas } from "../../../src/core/model/content/action.ts";
import { contentKinds, contentSchemas, contextSchema } from "../../../src/core/model/content/content.ts";
import { isProtocolMessage, type ConvertedMessage, toContent } from "../../../src/whatsapp/codec/convert/index.ts";
import { decodeMessage } from "../../../src/whatsapp/codec/definition/decode.ts";
import { encodeMessage } from "../../golden/encode.ts";
import { readingOf } from "../../../src/whatsapp/codec/reading.ts";
import { goldens } from "../../golden/cases.ts";

const me = { id: "6281100000001@s.whatsapp.net", lid: "77000000000001@lid" };
const where = {
  direct: { chat: "628123456789@s.whatsapp.net", sender: "628123456789@s.whatsapp.net", isGroup: false },
  group: { chat: "120363000000000001@g.us", sender: "88000000000002@lid", isGroup: true },
};

/** As it arrives: encoded, so that what the decoder leaves out is left out here too. */
function received(json: { group?: true }): ConvertedMessage {
  const { group, ...message } = json;
  const decoded = decodeMessage(encodeMessage(message));
  expect(isProtocolMessage(decoded)).toBe(false);
  const from = { id: "3A01", fromMe: false, ...(group ? where.group : where.direct) };
  return toContent(decoded, readingOf(from, "device", me));
}

const files = await goldens(join(import.meta.dir, "../../golden/messages"));
const schemas = { ...contentSchemas, ...actionSchemas };

for (const [kind, cases] of files) {
  for (const { name, given, expected } of cases) {
    test(name, () => {
      const { content, context } = received(given as object);
      expect<object>({ content, ...context }).toEqual(expected as object);
      expect(content.kind as string).toBe(kind);
      expect([...Value.Errors(schemas[content.kind], content)]).toEqual([]);
      expect([...Value.Errors(contextSchema, context)]).toEqual([]);
    });
  }
}

/** What is written from a draft is read back there. */
const drafted = await goldens(join(import.meta.dir, "../../golden/drafts"));

test("every kind has its golden file, and every file its kind", () => {
  const kinds: readonly string[] = [...contentKinds, ...actionKinds];
  expect([...files.keys()].filter((kind) => !kinds.includes(kind))).toEqual([]);
  expect(kinds.filter((kind) => !files.has(kind) && !drafted.has(kind))).toEqual([]);
});

test("what clients tell each other is no news", () => {
  const { Type } = proto.Message.ProtocolMessage;
  for (const type of [
    Type.HISTORY_SYNC_NOTIFICATION,
    Type.APP_STATE_SYNC_KEY_SHARE,
    Type.PEER_DATA_OPERATION_REQUEST_MESSAGE,
  ])
    expect(isProtocolMessage({ protocolMessage: { type } })).toBe(true);
  expect(isProtocolMessage({})).toBe(true);
  expect(isProtocolMessage({ senderKeyDistributionMessage: { groupId: "1@g.us" } })).toBe(true);
});
