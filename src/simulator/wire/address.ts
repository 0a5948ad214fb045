/** How a chat is addressed: by phone number (`@s.whatsapp.net`) or by the number that hides it (`@lid`). */
export type Addressing = "pn" | "lid";

/** A parsed JID. `device` is 0 for a user's phone and for a JID that names no device. */
export interface Address {
  readonly user: string;
  readonly device: number;
  readonly server: string;
}

export const SERVER = "@s.whatsapp.net";
const DOMAIN = { pn: "s.whatsapp.net", lid: "lid" } as const satisfies Record<Addressing, string>;

/** Devices of a business that Meta hosts have domains of their own. */
const HOSTED = { pn: "hosted", lid: "hosted.lid" } as const satisfies Record<Addressing, string>;

export function parseAddress(jid: string | undefined): Address | undefined {
  const at = jid?.indexOf("@") ?? -1;
  if (jid === undefined || at < 0) return undefined;
  const [user = "", device] = jid.slice(0, at).split(":");
  return { user, device: device === undefined ? 0 : Number(device), server: jid.slice(at + 1) };
}

export function formatAddress(user: string, addressing: Addressing, device = 0, hosted = false): string {
  const domain = hosted ? HOSTED[addressing] : DOMAIN[addressing];
  return `${user}${device === 0 ? "" : `:${device}`}@${domain}`;
}

export function addressingOf(jid: string): Addressing {
  return jid.endsWith("@lid") || jid.endsWith("@hosted.lid") ? "lid" : "pn";
}

export function isGroupAddress(jid: string): boolean {
  return jid.endsWith("@g.us");
}

/** A chat of several people, where each message names its author: a group, or the status feed. */
export function isShared(jid: string): boolean {
  return isGroupAddress(jid) || jid.endsWith("@broadcast");
}

/** The JID without its device. */
export function userJid(jid: string): string {
  return jid.replace(/:\d+@/, "@");
}
