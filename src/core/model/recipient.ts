import { Failure } from "../base/failure.ts";

const example =
  'a phone number with country code ("628123456789" or "+62 812-3456-789"), a JID, a LID or a group id ("1203…@g.us")';
/** What the `to` of a draft takes. */
export const addresseeExample =
  'a phone number with country code ("628123456789" or "+62 812-3456-789"), a username ("@ann.w"), a JID, a LID or a group id ("1203…@g.us")';
/** What stands before the @, by what stands behind it. A device's number (`:3`) is left out. */
const one = /^(\d{1,20})(?::\d+)?$/;
const users: Readonly<Record<string, RegExp>> = {
  "s.whatsapp.net": one,
  lid: one,
  "g.us": /^(\d{1,25}(?:-\d{1,15})?)$/,
  newsletter: /^(\d{1,25})$/,
  broadcast: /^(status)$/,
};

/** Digits with country code and no leading zero, or a refusal that shows how it should look. */
export function phoneNumber(text: string, field = "phone_number"): string {
  const digits = text.startsWith("+") ? text.slice(1) : text;
  if (/^[1-9]\d{6,14}$/.test(digits)) return digits;
  throw new Failure(
    "invalid",
    `Invalid phone number format: ${field} takes digits with country code, without spaces or a leading 0, e.g. "628123456789".`,
    { field },
  );
}

/** The JID of a chat, however it is written. Throws `invalid`, whose sentence says that `field` takes `what`. */
export function recipient(to: string, field = "to", what = example): string {
  const jid = recipientOf(to);
  if (jid !== null) return jid;
  const lists = to.endsWith("@broadcast") ? "; broadcast lists stay on the phone, a bulk does what they do" : "";
  throw new Failure("invalid", `"${field}" takes ${what}${lists}.`, { field });
}

/** One text for all ways to write a recipient; what is none stays as it is. */
export const sameRecipient = (to: string): string => recipientOf(to) ?? to;

/** What people write between digits, and what a copied number brings along: marks that turn the order of writing. */
const between = /[\s().\-/\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

const tidied = (to: string): string => (to.includes("@") ? to.trim() : to.replace(between, ""));

function recipientOf(given: string): string | null {
  const to = tidied(given);
  if (/^\+?[1-9]\d{6,14}$/.test(to)) return `${to.replace("+", "")}@s.whatsapp.net`;
  const [user = "", domain = "", ...rest] = to.split("@");
  const server = domain === "c.us" ? "s.whatsapp.net" : domain;
  const name = rest.length === 0 && Object.hasOwn(users, server) ? users[server]?.exec(user)?.[1] : undefined;
  return name === undefined ? null : `${name}@${server}`;
}

/** The JID of one person. Throws `invalid`. */
export function person(who: string, field: string): string {
  const jid = recipientOf(who);
  if (jid !== null && isPersonJid(jid)) return jid;
  throw new Failure(
    "invalid",
    `"${field}" takes a person: a phone number with country code ("628123456789"), a JID or a LID.`,
    { field },
  );
}

/** Where status posts (stories) go. */
export const statusChat = "status@broadcast";

/** The digits of a phone-number JID; null of any other. */
export function phoneOfJid(jid: string): string | null {
  return /^(\d+)(?::\d+)?@s\.whatsapp\.net$/.exec(jid)?.[1] ?? null;
}

/** True of the address of one person, by phone number or LID. */
export function isPersonJid(jid: string): boolean {
  return jid.endsWith("@s.whatsapp.net") || jid.endsWith("@lid");
}

export function isChannelJid(jid: string): boolean {
  return jid.endsWith("@newsletter");
}

export function isGroupJid(jid: string): boolean {
  return jid.endsWith("@g.us");
}

/** What a chat is with. */
export const chatKinds = ["person", "group", "channel", "status"] as const;
export type ChatKind = (typeof chatKinds)[number];

export function chatKindOf(jid: string): ChatKind {
  if (jid === statusChat) return "status";
  if (isGroupJid(jid)) return "group";
  return isChannelJid(jid) ? "channel" : "person";
}
