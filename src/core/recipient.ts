import { Failure } from "./failure.ts";

const example = 'a phone number with country code ("628123456789"), a JID, a LID or a group id ("1203…@g.us")';
const domains = ["s.whatsapp.net", "lid", "g.us", "newsletter", "broadcast"];

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

/** The JID a draft's `to` means. */
export function recipient(to: string): string {
  if (!to.includes("@")) return `${phoneNumberOrExample(to)}@s.whatsapp.net`;
  const [user = "", domain = ""] = to.split("@");
  if (domain === "c.us") return recipient(user);
  if (to.split("@").length === 2 && /^[\w.:-]{1,64}$/.test(user) && domains.includes(domain)) return to;
  throw unknownRecipient();
}

function phoneNumberOrExample(to: string): string {
  try {
    return phoneNumber(to, "to");
  } catch {
    throw unknownRecipient();
  }
}

function unknownRecipient(): Failure {
  return new Failure("invalid", `"to" takes ${example}.`, { field: "to" });
}

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
