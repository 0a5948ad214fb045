import { jidDecode, jidNormalizedUser } from "@whiskeysockets/baileys";
import { dropOldest } from "../../core/base/drop-oldest.ts";

/** Where a person's devices may be, besides their phone: a business has some at WhatsApp's own servers. */
const servers: Readonly<Record<string, string>> = { hosted: "s.whatsapp.net", "hosted.lid": "lid" };

/** What JIDs say, of the last ones: each is read some ten times with each message. A longer one is none of WhatsApp's. */
class Readings<T> {
  readonly #read = new Map<string, T>();
  readonly #by: (jid: string) => T;

  constructor(by: (jid: string) => T) {
    this.#by = by;
  }

  of(jid: string): T {
    const known = this.#read.get(jid);
    if (known !== undefined) return known;
    const found = this.#by(jid);
    if (jid.length > longest) return found;
    this.#read.set(jid, found);
    dropOldest(this.#read, mostRead);
    return found;
  }
}
const mostRead = 5_000;
const longest = 100;

const bares = new Readings(withoutDevice);
const phones = new Readings(digitsOf);

/** The person or chat of a JID, without a device: `628…:3@s.whatsapp.net` and `628…:99@hosted` → `628…@s.whatsapp.net`. */
export const bare = (jid: string): string => bares.of(jid);

function withoutDevice(jid: string): string {
  const name = jidNormalizedUser(jid) || jid;
  const [user = "", server = ""] = name.split("@");
  return server in servers ? `${user}@${servers[server]}` : name;
}

export function isGroup(jid: string): boolean {
  return jid.endsWith("@g.us");
}

export function isStatus(jid: string): boolean {
  return jid === "status@broadcast";
}

export function isChannel(jid: string | undefined): boolean {
  return jid?.endsWith("@newsletter") ?? false;
}

export function isLid(jid: string): boolean {
  return jid.endsWith("@lid") || jid.endsWith("@hosted.lid");
}

export function isPerson(jid: string): boolean {
  return isLid(jid) || phoneOf(jid) !== null;
}

/** The digits of a phone-number JID; null of anything else. */
export const phoneOf = (jid: string | null | undefined): string | null => (jid ? phones.of(jid) : null);

function digitsOf(jid: string): string | null {
  const parts = jidDecode(jid);
  return parts && (parts.server === "s.whatsapp.net" || parts.server === "hosted") ? parts.user : null;
}
