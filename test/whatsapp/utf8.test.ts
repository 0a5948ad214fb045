import { expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys";
import protobuf from "protobufjs/minimal.js";
import "../../src/whatsapp/wire/utf8.ts";

const read = (bytes: Uint8Array): string =>
  proto.Message.decode(Uint8Array.from([0x0a, bytes.length, ...bytes])).conversation ?? "";

test("Baileys' messages are read by the runtime's decoder, with every character as it was", () => {
  for (const text of ["", "nasi goreng", "crème brûlée", "🕊️ merpati", "\u0000", "\ufeffmark", "日本語"])
    expect(read(new TextEncoder().encode(text))).toBe(text);
  expect(read(Uint8Array.from([0x61, 0xff, 0x62]))).toBe("a\ufffdb");
  // Baileys and we have one copy of protobufjs: what is set here is what it calls.
  let calls = 0;
  const { read: ours } = protobuf.util.utf8;
  protobuf.util.utf8.read = (...given) => ((calls += 1), ours(...given));
  expect(read(new TextEncoder().encode("counted"))).toBe("counted");
  protobuf.util.utf8.read = ours;
  expect(calls).toBe(1);
});
