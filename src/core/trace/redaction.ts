import { createHash } from "node:crypto";
import { dropOldest } from "../base/drop-oldest.ts";

/** One element of WhatsApp's binary XML. */
export interface PlainStanza {
  readonly tag: string;
  readonly attrs: Readonly<Record<string, string>>;
  readonly content?: readonly PlainStanza[] | string | Uint8Array;
}

/** The same without anything personal: content is a list of elements or a token. */
export interface RedactedStanza {
  readonly tag: string;
  readonly attrs: Readonly<Record<string, string>>;
  readonly content?: readonly RedactedStanza[] | string;
}

/** What stays of a protobuf's field: its number, and a length, what sort of number it is, or what nests in it. */
export type ProtobufField = readonly [
  number: number,
  holds: number | "varint" | "fixed32" | "fixed64" | `enum ${number}` | readonly ProtobufField[],
];

/** How many values a redaction can tell apart at a time; what comes again later gets another number. */
const mostValues = 50_000;

/** Attributes whose values are words of the protocol, whatever they are: new ones are what a trace is for. */
const verbatim = words("type class xmlns op_name edit addressing_mode category v decrypt-fail");
/** Attributes that hold one of `known`, or somebody's words. */
const worded = words(
  "action appdata category context link_type media mediatype name origin platform polltype push_priority reason request_method stage state status_setting unlink_type value",
);
const known = words(
  "add admin all allowlist android audio contact_blacklist contacts critical_block critical_unblock_low default delete deny denylist document false gif group high image invite invite_link iphone key last livelocation match_last_seen media member_tag modify none normal off on online parent_group primary_hello profile ptt ptv readreceipts regular regular_high regular_low remove set sibling_group status sticker sub_group superadmin text true unlink_group vcard video web",
);
/** Attributes that may hold a small number as it is. */
const numbered = words(
  "code count device-index edit error key-index offline prev_v_id priority reason size stage v v_id version",
);
const servers = words("s.whatsapp.net lid g.us newsletter broadcast hosted hosted.lid bot msgr interop call c.us");
const constants = words("s.whatsapp.net @s.whatsapp.net g.us status@broadcast 0@s.whatsapp.net call");

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}

/**
 * Takes what is personal out of stanzas: JIDs, ids, texts and bytes become tokens, the same value always the same one.
 * Structure stays: tags, names of attributes, words of the protocol, lengths.
 */
export class Redaction {
  /** By the hash of a value, which itself is not kept. */
  readonly #numbers = new Map<string, number>();
  #last = 0;

  /** `mine`: the account's own JIDs, of whatever device; they become `{me}`. */
  stanza({ tag, attrs, content }: PlainStanza, mine: readonly string[]): RedactedStanza {
    const users = new Set(mine.map(userOf));
    const named = Object.entries(attrs).map(([name, value]) => [
      protocolName(name),
      this.#attribute(tag, name, value, users),
    ]);
    const redacted = { tag: protocolName(tag), attrs: Object.fromEntries(named) as Record<string, string> };
    if (content === undefined) return redacted;
    if (typeof content === "string") return { ...redacted, content: this.text(content) };
    if (content instanceof Uint8Array) return { ...redacted, content: this.#bytes(content) };
    return { ...redacted, content: content.map((child) => this.stanza(child, mine)) };
  }

  /** The token of a text, such as a stanza's id: `{text:20#3}`, with its length. */
  text(value: string): string {
    return /^\d+$/.test(value)
      ? `{digits:${value.length}#${this.#number(value)}}`
      : `{text:${value.length}#${this.#number(value)}}`;
  }

  #attribute(tag: string, name: string, value: string, mine: ReadonlySet<string>): string {
    if (constants.has(value) || value === "") return value;
    if (verbatim.has(name) && /^[a-z\d_:-]{1,40}$/i.test(value) && !/\d{4}/.test(value)) return value;
    const isNamed = name !== "name" || tag === "collection" || tag === "category";
    if (worded.has(name) && isNamed && known.has(value)) return value;
    if (numbered.has(name) && /^\d{1,3}$/.test(value)) return value;
    return this.#jid(value, mine) ?? this.text(value);
  }

  #jid(value: string, mine: ReadonlySet<string>): string | undefined {
    const [, user = "", agent = "", device = "", server = ""] =
      /^([^@:_]*)(_\d{1,3})?(:\d{1,4})?@([\w.]+)$/.exec(value) ?? [];
    if (!servers.has(server)) return undefined;
    const token = mine.has(`${user}@${server}`) ? "me" : `user${this.#number(`${user}@${server}`)}`;
    return `{${token}}${agent}${device}@${server}`;
  }

  #bytes(value: Uint8Array): string {
    return `{bytes:${value.length}#${this.#number(value)}}`;
  }

  #number(value: string | Uint8Array): number {
    const hash = createHash("sha256").update(value).digest("base64");
    const before = this.#numbers.get(hash);
    if (before !== undefined) return before;
    this.#numbers.set(hash, ++this.#last);
    dropOldest(this.#numbers, mostValues);
    return this.#last;
  }
}

/** The JID without its device. */
const userOf = (jid: string): string => jid.replace(/[_:][\d:_]*@/, "@");

/** A tag or an attribute's name, which the protocol makes: letters and few digits. */
const protocolName = (name: string): string =>
  /^[\w:.-]{1,60}$/.test(name) && !/\d{4}/.test(name) ? name : `{name:${name.length}}`;
