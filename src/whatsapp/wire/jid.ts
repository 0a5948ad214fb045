import { jidDecode, jidNormalizedUser } from "@whiskeysockets/baileys";

/** A JID without its device: `628…:3@s.whatsapp.net` → `628…@s.whatsapp.net`. */
export function bare(jid: string): string {
  return jidNormalizedUser(jid) || jid;
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
