import type { BinaryNode } from "@whiskeysockets/baileys/lib/WABinary/types.js";

/** One XML-like element of WhatsApp's binary protocol. */
export type Stanza = BinaryNode;
export type Attributes = Record<string, string | undefined>;

/** Builds a stanza; attributes that are `undefined` are left out (a number would corrupt the frame: strings only). */
export function el(tag: string, attributes: Attributes = {}, content?: Stanza[] | string | Uint8Array): Stanza {
  const attrs: Record<string, string> = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) attrs[name] = value;
  }
  return content === undefined ? { tag, attrs } : { tag, attrs, content };
}

export function children(stanza: Stanza | undefined, tag?: string): Stanza[] {
  if (!stanza || !Array.isArray(stanza.content)) return [];
  return tag === undefined ? stanza.content : stanza.content.filter((child) => child.tag === tag);
}

export function child(stanza: Stanza | undefined, tag: string): Stanza | undefined {
  if (!stanza || !Array.isArray(stanza.content)) return undefined;
  return stanza.content.find((one) => one.tag === tag);
}

/** The content as bytes; text that travelled as a token or packed number counts as its UTF-8. */
export function bytesOf(stanza: Stanza | undefined): Buffer | undefined {
  const content = stanza?.content;
  if (content instanceof Uint8Array) return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return typeof content === "string" ? Buffer.from(content) : undefined;
}

export function textOf(stanza: Stanza | undefined): string | undefined {
  return bytesOf(stanza)?.toString("utf8");
}

/** A big-endian unsigned number in `size` bytes, as WhatsApp sends key ids (3) and registration ids (4). */
export function bigEndian(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}

export function numberOf(stanza: Stanza | undefined): number | undefined {
  const bytes = bytesOf(stanza);
  return bytes && bytes.length > 0 && bytes.length <= 6 ? bytes.readUIntBE(0, bytes.length) : undefined;
}

/** One line for a person to read: tags, attributes, sizes of bytes. */
export function describe(stanza: Stanza): string {
  const attrs = Object.entries(stanza.attrs).map(([name, value]) => ` ${name}='${value}'`);
  const open = `<${stanza.tag}${attrs.join("")}`;
  const { content } = stanza;
  if (content === undefined) return `${open}/>`;
  if (typeof content === "string") return `${open}>${content}</${stanza.tag}>`;
  if (content instanceof Uint8Array) return `${open}>(${content.length} bytes)</${stanza.tag}>`;
  return `${open}>${content.map(describe).join("")}</${stanza.tag}>`;
}
