import { expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { Curve, decodeBinaryNode, decodeDecompressedBinaryNode } from "@whiskeysockets/baileys";
import * as constants from "@whiskeysockets/baileys/lib/WABinary/constants.js";
import { assertPatched, nested } from "../../src/whatsapp/patched.ts";

test("the installed Baileys is the patched one", () => {
  expect(assertPatched).not.toThrow();
});

test("a signature is accepted from its signer only", () => {
  const signer = Curve.generateKeyPair();
  const text = Buffer.from("merpati");
  const signature = Buffer.from(Curve.sign(signer.private, text));
  expect(Curve.verify(signer.public, text, signature)).toBe(true);
  expect(Curve.verify(Curve.generateKeyPair().public, text, signature)).toBe(false);
  expect(Curve.verify(signer.public, Buffer.from("merpatj"), signature)).toBe(false);
});

test("nodes nest to 64 levels and no further", () => {
  expect(decodeDecompressedBinaryNode(nested(60), constants).tag).toBe("iq");
  expect(() => decodeDecompressedBinaryNode(nested(20_000), constants)).toThrow("nested too deep");
});

test("a frame that inflates to hundreds of megabytes is refused", async () => {
  const bomb = Buffer.concat([Buffer.from([2]), deflateSync(Buffer.alloc(80 * 1024 * 1024))]);
  await expect(decodeBinaryNode(bomb)).rejects.toThrow();
});

test("an ordinary compressed frame is decoded", async () => {
  const node = Buffer.concat([Buffer.from([2]), deflateSync(nested(3))]);
  expect((await decodeBinaryNode(node)).tag).toBe("iq");
});
