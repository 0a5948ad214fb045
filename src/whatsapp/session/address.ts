import { jidDecode, WAJIDDomains } from "@whiskeysockets/baileys";

/** A device in the store: its user, and behind `_` the kind of name where that is no number; then the device's number. */
export function signalAddress(jid: string): string {
  const { user, device = 0, domainType } = decoded(jid);
  return domainType === WAJIDDomains.WHATSAPP ? `${user}.${device}` : `${user}_${domainType}.${device}`;
}

/** The device's other address, once the other name of its user is known. */
export function otherAddress(jid: string, otherUser: string): string {
  const { device = 0, domainType } = decoded(jid);
  const other = others[domainType ?? WAJIDDomains.WHATSAPP];
  return other === WAJIDDomains.WHATSAPP ? `${otherUser}.${device}` : `${otherUser}_${other}.${device}`;
}

const others: Record<number, number> = {
  [WAJIDDomains.WHATSAPP]: WAJIDDomains.LID,
  [WAJIDDomains.LID]: WAJIDDomains.WHATSAPP,
  [WAJIDDomains.HOSTED]: WAJIDDomains.HOSTED_LID,
  [WAJIDDomains.HOSTED_LID]: WAJIDDomains.HOSTED,
};

export function isLidJid(jid: string): boolean {
  const { domainType } = decoded(jid);
  return domainType === WAJIDDomains.LID || domainType === WAJIDDomains.HOSTED_LID;
}

/** Where a device's sender key of a group stands. */
export function senderKeyName(group: string, author: string): string {
  const { user, device = 0, domainType } = decoded(author);
  const name = domainType === WAJIDDomains.WHATSAPP ? user : `${user}_${domainType}`;
  return `${group}::${name}::${device}`;
}

function decoded(jid: string) {
  const parts = jidDecode(jid);
  if (!parts?.user) throw new Error("a JID that names no device");
  return parts;
}
