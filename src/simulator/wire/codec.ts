import { inflateSync } from "node:zlib";
import * as dictionary from "@whiskeysockets/baileys/lib/WABinary/constants.js";
import { decodeDecompressedBinaryNode, encodeBinaryNode } from "@whiskeysockets/baileys/lib/WABinary/index.js";
import type { Stanza } from "./stanza.ts";

/** Bytes of a stanza, with the leading flag byte (0: not compressed). */
export function encodeStanza(stanza: Stanza): Buffer {
  return encodeBinaryNode(stanza);
}

/** The stanza in the bytes; throws when they are none. Flag bit 2 means zlib. */
export function decodeStanza(bytes: Buffer): Stanza {
  const flags = bytes[0];
  if (flags === undefined) throw new Error("empty frame");
  const body = flags & 2 ? inflateSync(bytes.subarray(1)) : bytes.subarray(1);
  return decodeDecompressedBinaryNode(body, dictionary);
}
