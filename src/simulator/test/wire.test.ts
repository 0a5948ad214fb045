import { describe, expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { decodeBinaryNode, encodeBinaryNode } from "@whiskeysockets/baileys/lib/WABinary/index.js";
import { formatAddress, parseAddress, userJid } from "../wire/address.ts";
import { decodeStanza, encodeStanza } from "../wire/codec.ts";
import { bigEndian, child, children, describe as show, el, numberOf, textOf } from "../wire/stanza.ts";

const STANZAS = [
  el("iq", { to: "@s.whatsapp.net", type: "get", id: "1.2-3", xmlns: "encrypt" }, [el("count")]),
  el("message", { from: "6281234567890:3@s.whatsapp.net", t: "1795176349" }, [
    el("enc", { v: "2" }, Buffer.alloc(300, 7)),
  ]),
  el("receipt", { id: "3A84C33E412A9B8E4DA7", to: "120364964743073613@g.us", participant: "107287761829064:12@lid" }),
  el(
    "list",
    {},
    Array.from({ length: 400 }, (_, at) => el("item", { id: String(at) })),
  ),
  el("update", { op_name: "x" }, Buffer.from('{"text":"ünïcödé 🐦"}')),
];

describe("binary nodes", () => {
  test.each(STANZAS)("%# survive the way through Baileys' codec and ours", async (stanza) => {
    const ours = encodeStanza(stanza);
    expect(show(await decodeBinaryNode(ours))).toBe(show(stanza));
    expect(show(decodeStanza(encodeBinaryNode(stanza)))).toBe(show(stanza));
  });

  test("may be compressed", () => {
    const plain = encodeStanza(STANZAS[3]!);
    expect(show(decodeStanza(Buffer.concat([Buffer.from([2]), deflateSync(plain.subarray(1))])))).toBe(
      show(STANZAS[3]!),
    );
  });

  test.each([[""], ["00"], ["00f8"], ["00f80203"], ["02ffff"]])("bytes %p that are none are refused", (hex) => {
    expect(() => decodeStanza(Buffer.from(hex, "hex"))).toThrow();
  });

  test("the server's address is a pair with an empty user", () => {
    expect(encodeStanza(el("iq", { to: "@s.whatsapp.net" })).toString("hex")).toContain("fa0003");
  });
});

test("stanzas are built without attributes that are not there, and searched by tag", () => {
  const stanza = el("a", { one: "1", two: undefined }, [
    el("b", {}, Buffer.from("x")),
    el("c", {}, bigEndian(258, 3)),
    el("b"),
  ]);
  expect(stanza.attrs).toEqual({ one: "1" });
  expect(children(stanza, "b")).toHaveLength(2);
  expect(textOf(child(stanza, "b"))).toBe("x");
  expect(numberOf(child(stanza, "c"))).toBe(258);
  expect(child(stanza, "d")).toBeUndefined();
  expect(children(el("e", {}, "text"))).toEqual([]);
});

test("addresses are read and written", () => {
  expect(parseAddress("628:7@s.whatsapp.net")).toEqual({ user: "628", device: 7, server: "s.whatsapp.net" });
  expect(parseAddress("1203@g.us")).toEqual({ user: "1203", device: 0, server: "g.us" });
  expect(parseAddress("628")).toBeUndefined();
  expect(formatAddress("628", "lid", 2)).toBe("628:2@lid");
  expect(formatAddress("628", "pn")).toBe("628@s.whatsapp.net");
  expect(userJid("628:7@lid")).toBe("628@lid");
});
