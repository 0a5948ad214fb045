import { Curve, decodeDecompressedBinaryNode } from "@whiskeysockets/baileys";
import * as constants from "@whiskeysockets/baileys/lib/WABinary/constants.js";
import baileys from "@whiskeysockets/baileys/package.json" with { type: "json" };
import libsignal from "libsignal";
import signal from "libsignal/package.json" with { type: "json" };
import { Failure } from "../../core/base/failure.ts";

/** What `patches/` is made for. */
const versions = { baileys: "7.0.0-rc14", libsignal: "6.0.0" };

/**
 * Refuses to run on other packages than those we patched: with the stock ones anybody on the way could play WhatsApp,
 * since every signature is accepted, and private keys are printed. Asks the code itself, so that it holds in the compiled
 * binary too; a patch is put on whole or not at all.
 */
export function assertPatched(): void {
  const wrong = [
    baileys.version === versions.baileys ? null : `Baileys is ${baileys.version}, not ${versions.baileys}`,
    signal.version === versions.libsignal ? null : `libsignal is ${signal.version}, not ${versions.libsignal}`,
    acceptsForgery() ? "Baileys accepts forged signatures" : null,
    decodesWithoutEnd() ? "Baileys decodes nodes of any depth" : null,
    printsSessions() ? "libsignal prints private keys" : null,
  ].filter((fault) => fault !== null);
  if (wrong.length === 0) return;
  throw new Failure(
    "internal",
    `These packages are not the patched ones (${wrong.join("; ")}): run \`bun install --frozen-lockfile\` and start again.`,
  );
}

/** Its types do not know of the method. */
function printsSessions(): boolean {
  const { closeSession } = libsignal.SessionRecord.prototype as unknown as { closeSession: (session: object) => void };
  return closeSession.toString().includes("console");
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
