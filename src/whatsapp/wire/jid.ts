import { jidDecode, jidNormalizedUser } from "@whiskeysockets/baileys";

/** Where a person's devices may be, besides their phone: a business has some at WhatsApp's own servers. */
const servers: Readonly<Record<string, string>> = { hosted: "s.whatsapp.net", "hosted.lid": "lid" };

/** The person or chat of a JID, without a device: `628…:3@s.whatsapp.net` and `628…:99@hosted` → `628…@s.whatsapp.net`. */
export function bare(jid: string): string {
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
export function phoneOf(jid: string | null | undefined): string | null {
  const parts = jid ? jidDecode(jid) : undefined;
  return parts && (parts.server === "s.whatsapp.net" || parts.server === "hosted") ? parts.user : null;
}
