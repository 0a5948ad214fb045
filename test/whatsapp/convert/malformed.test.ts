import { expect, test } from "bun:test";
import { join } from "node:path";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { proto } from "@whiskeysockets/baileys";
import { actionSchemas } from "../../../src/core/model/content/action.ts";
import { contentSchemas, contextSchema } from "../../../src/core/model/content/content.ts";
import { isProtocolMessage, toContent } from "../../../src/whatsapp/codec/convert/index.ts";
import { readingOf } from "../../../src/whatsapp/codec/reading.ts";
import { goldens } from "../../golden/cases.ts";
import { random } from "../../mutants.ts";

const rounds = 20_000;
const me = { id: "6281100000001@s.whatsapp.net", lid: "77000000000001@lid" };
const from = { id: "3A01", chat: "1@g.us", sender: "2@lid", fromMe: false, isGroup: true };
const reading = readingOf(from, "device", me);
const schemas = { ...contentSchemas, ...actionSchemas };
const checks = Object.fromEntries(
  Object.entries(schemas).map(([kind, schema]) => [kind, TypeCompiler.Compile(schema)]),
);
const context = TypeCompiler.Compile(contextSchema);

function mutated(bytes: Uint8Array, next: () => number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let left = 1 + Math.floor(next() * 4); left > 0; left--) {
    copy[Math.floor(next() * copy.length)] = Math.floor(next() * 256);
  }
  return next() < 0.2 ? copy.slice(0, Math.floor(next() * copy.length)) : copy;
}

test("no malformed message throws or becomes a content that is not documented", async () => {
  const next = random(7);
  const seeds = [...(await goldens(join(import.meta.dir, "../../golden/messages"))).values()]
    .flat()
    .map(({ given }) => proto.Message.encode(proto.Message.fromObject(given as object)).finish());
  let read = 0;
  for (let round = 0; round < rounds; round++) {
    const bytes = mutated(seeds[round % seeds.length] ?? new Uint8Array(), next);
    let message: proto.Message;
    try {
      message = proto.Message.decode(bytes);
    } catch {
      continue; // no protobuf at all: never reaches the converters
    }
    if (isProtocolMessage(message)) continue;
    read++;
    const said = toContent(message, reading);
    expect(checks[said.content.kind]?.Check(said.content)).toBe(true);
    expect(context.Check(said.context)).toBe(true);
    JSON.stringify(said);
  }
  expect(read).toBeGreaterThan(rounds / 4);
});

test("envelopes and quotes nested without end are read to a bounded depth", () => {
  let message: proto.IMessage = { conversation: "deep" };
  for (let depth = 0; depth < 200; depth++) {
    message = {
      extendedTextMessage: {
        text: `${depth}`,
        contextInfo: { stanzaId: "a", quotedMessage: { ephemeralMessage: { message } } },
      },
    };
  }
  const { content, context: beside } = toContent(message, reading);
  expect(content).toEqual({ kind: "text", text: "199" });
  expect(beside.reply_to?.content).toEqual({ kind: "text", text: "198" });
  expect(JSON.stringify(beside).length).toBeLessThan(200);
});

test("numbers that are none, endless or out of range become harmless", () => {
  const place = toContent({ locationMessage: { degreesLatitude: Number.NaN, degreesLongitude: 1e308 } }, reading);
  expect(place.content).toEqual({ kind: "location", latitude: 0, longitude: 0 });
  const video = toContent({ videoMessage: { fileLength: -5, seconds: -1, width: 4e9 } }, reading);
  expect(video.content).toMatchObject({ kind: "video", size: 0, width: 4e9 });
});
