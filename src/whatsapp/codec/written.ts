import type { BinaryNode } from "@whiskeysockets/baileys";

/** A stanza as JSON takes it: its bytes as base64. */
type Written = [tag: string, attrs: BinaryNode["attrs"], content?: string | { bytes: string } | Written[]];

export function writeStanza(stanza: BinaryNode): string {
  return JSON.stringify(write(stanza));
}

export function readStanza(written: string): BinaryNode {
  return read(JSON.parse(written) as Written);
}

function write({ tag, attrs, content }: BinaryNode): Written {
  if (content === undefined) return [tag, attrs];
  if (typeof content === "string") return [tag, attrs, content];
  if (Array.isArray(content)) return [tag, attrs, content.map(write)];
  return [tag, attrs, { bytes: Buffer.from(content).toString("base64") }];
}

function read([tag, attrs, content]: Written): BinaryNode {
  if (content === undefined) return { tag, attrs };
  if (typeof content === "string") return { tag, attrs, content };
  if (Array.isArray(content)) return { tag, attrs, content: content.map(read) };
  return { tag, attrs, content: Buffer.from(content.bytes, "base64") };
}
