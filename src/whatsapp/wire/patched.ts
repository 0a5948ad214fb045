import { Curve, DEFAULT_CONNECTION_CONFIG, decodeDecompressedBinaryNode } from "@whiskeysockets/baileys";
import * as constants from "@whiskeysockets/baileys/lib/WABinary/constants.js";
import baileys from "@whiskeysockets/baileys/package.json" with { type: "json" };
import "./curve.ts";
import "./utf8.ts";
import { Failure } from "../../core/base/failure.ts";

/** What `patches/` is made for. */
const version = "7.0.0-rc14";

/**
 * Refuses to run on another package than the one we patched: with the stock one every message could be lost, and one of a
 * few bytes could take all memory. Asks the code itself, so that it holds in the compiled
 * binary too; a patch is put on whole or not at all.
 */
export function assertPatched(): void {
  const wrong = [
    baileys.version === version ? null : `Baileys is ${baileys.version}, not ${version}`,
    bringsLibsignal() ? "Baileys brings libsignal" : null,
    acceptsForgery() ? "Baileys accepts forged signatures" : null,
    decodesWithoutEnd() ? "Baileys decodes nodes of any depth" : null,
  ].filter((fault) => fault !== null);
  if (wrong.length === 0) return;
  throw new Failure(
    "internal",
    `Baileys is not the patched package (${wrong.join("; ")}): run \`bun install --frozen-lockfile\` and start again.`,
  );
}

/** Only with ours is a message in the journal before the ratchet moves on. */
function bringsLibsignal(): boolean {
  return (DEFAULT_CONNECTION_CONFIG.makeSignalRepository as unknown) !== undefined;
}

function acceptsForgery(): boolean {
  const { public: key } = Curve.generateKeyPair();
  return Curve.verify(key, Buffer.from("signed by nobody"), Buffer.alloc(64, 1));
}

function decodesWithoutEnd(): boolean {
  try {
    decodeDecompressedBinaryNode(nested(100), constants);
    return true;
  } catch {
    return false;
  }
}

/** `<iq><iq>…` so many levels deep, in WhatsApp's binary form. */
export function nested(depth: number): Buffer {
  const { LIST_8 } = constants.TAGS;
  const iq = constants.SINGLE_BYTE_TOKENS.indexOf("iq");
  const level = [LIST_8, 2, iq, LIST_8, 1];
  return Buffer.from([...Array.from({ length: depth }, () => level).flat(), LIST_8, 1, iq]);
}
