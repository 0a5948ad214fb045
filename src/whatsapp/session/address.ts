import { jidDecode } from "@whiskeysockets/baileys";
import { dropOldest } from "../../core/base/drop-oldest.ts";

/** What a JID says of a device. */
export interface DeviceName {
  readonly user: string;
  readonly device: number;
  /** What kind of name the user has: a number, a LID, either of them hosted. */
  readonly domain: number;
  readonly isLid: boolean;
}

/** As they stand in addresses since the first store; Baileys' `WAJIDDomains`. */
const kinds = { number: 0, lid: 1, hosted: 128, hostedLid: 129 } as const;

const others: Record<number, number> = {
  [kinds.number]: kinds.lid,
  [kinds.lid]: kinds.number,
  [kinds.hosted]: kinds.hostedLid,
  [kinds.hostedLid]: kinds.hosted,
};

/** The last ones: each is read some times with each message. */
const read = new Map<string, DeviceName>();
const mostRead = 5_000;

/** Throws for a JID without a user. */
export function deviceName(jid: string): DeviceName {
  const known = read.get(jid);
  if (known) return known;
  const { user, device = 0, domainType: domain = kinds.number } = jidDecode(jid) ?? {};
  if (!user) throw new Error("a JID that names no device");
  const name = { user, device, domain, isLid: domain === kinds.lid || domain === kinds.hostedLid };
  read.set(jid, name);
  dropOldest(read, mostRead);
  return name;
}

/** The device by the other name of its user, a LID for a number and the other way round. */
export function otherName(name: DeviceName, user: string): DeviceName {
  return { user, device: name.device, domain: others[name.domain] ?? kinds.number, isLid: !name.isLid };
}

/** A device in the store: its user, and behind `_` the kind of name where that is no number; then the device's number. */
export function signalAddress({ user, device, domain }: DeviceName): string {
  return domain === kinds.number ? `${user}.${device}` : `${user}_${domain}.${device}`;
}

/** Where a device's sender key of a group stands. */
export function senderKeyName(group: string, author: string): string {
  const { user, device, domain } = deviceName(author);
  return `${group}::${domain === kinds.number ? user : `${user}_${domain}`}::${device}`;
}
