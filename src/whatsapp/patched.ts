import { Curve, decodeDecompressedBinaryNode } from "@whiskeysockets/baileys";
import * as constants from "@whiskeysockets/baileys/lib/WABinary/constants.js";
import baileys from "@whiskeysockets/baileys/package.json" with { type: "json" };
import { Failure } from "../core/failure.ts";

const version = "7.0.0-rc14";

/**
 * Refuses to run on a Baileys that is not the one we patched: with the stock one anybody on the way could play
 * WhatsApp, since it accepts every signature. Asks the code itself, so that it holds in the compiled binary too.
 */
export function assertPatched(): void {
  const wrong = [
    baileys.version === version ? null : `it is version ${baileys.version}, not ${version}`,
    acceptsForgery() ? "it accepts forged signatures" : null,
    decodesWithoutEnd() ? "it decodes nodes of any depth" : null,
  ].filter((fault) => fault !== null);
  if (wrong.length === 0) return;
  throw new Failure(
    "internal",
    `Baileys is not the patched one (${wrong.join("; ")}): run \`bun install --frozen-lockfile\` and start again.`,
  );
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
