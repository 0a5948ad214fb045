import type { WASocket } from "@whiskeysockets/baileys";
import { Failure } from "../core/failure.ts";
import type { BusinessProfile, NumberCheck, PeopleCalls } from "../core/people.ts";
import { asked } from "./asking.ts";
import { bare } from "./jid.ts";
import { type Alias, namedWith } from "./notices/notice.ts";
import { setPicture } from "./portrait.ts";

const dayMs = 24 * 3_600_000;
/** Checking numbers by the thousand is what accounts are banned for. */
const mostKept = 10_000;

/** Which numbers WhatsApp knows, for a day. */
export class NumberCache {
  private readonly known = new Map<string, { check: NumberCheck; until: number }>();

  constructor(private readonly now: () => number) {}

  get(phone: string): NumberCheck | null {
    const found = this.known.get(phone);
    return found && found.until > this.now() ? found.check : null;
  }

  keep(check: NumberCheck): void {
    this.known.set(check.phone, { check, until: this.now() + dayMs });
    const oldest = this.known.keys().next();
    if (this.known.size > mostKept && !oldest.done) this.known.delete(oldest.value);
  }
}

export interface PeoplePorts {
  socket: () => WASocket;
  alias: Alias;
  numbers: NumberCache;
}

/** People, and the account itself, through a connection. */
export function peopleOf({ socket, alias, numbers }: PeoplePorts): PeopleCalls {
  const ask = <T>(work: (sock: WASocket) => Promise<T>): Promise<T> => asked(() => work(socket()));
  return {
    check: (phones) => ask((sock) => checked(sock, phones, numbers)),
    identify: (jid) => ask(() => namedWith(alias, jid)),
    picture: (jid) => ask(async (sock) => (await sock.profilePictureUrl(jid, "image").catch(hidden)) ?? null),
    about: (jid) => ask((sock) => aboutOf(sock, jid)),
    business: (jid) => ask((sock) => businessOf(sock, jid)),
    blocked: () => ask(async (sock) => (await sock.fetchBlocklist()).flatMap((one) => one ?? [])),
    block: (jid, blocked) => ask((sock) => sock.updateBlockStatus(jid, blocked ? "block" : "unblock")),
    watch: (jid) => ask((sock) => sock.presenceSubscribe(jid)),
    rename: (name) => ask((sock) => sock.updateProfileName(name)),
    describe: (about) => ask((sock) => sock.updateProfileStatus(about)),
    portray: (jpeg) => ask((sock) => setPicture(sock, sock.user?.id ?? "", jpeg)),
    privacy: () => ask((sock) => sock.fetchPrivacySettings(true)),
    setPrivacy: (name, value) => ask((sock) => setPrivacy(sock, name, value)),
  };
}

async function checked(sock: WASocket, phones: readonly string[], numbers: NumberCache): Promise<NumberCheck[]> {
  const unknown = phones.filter((phone) => numbers.get(phone) === null);
  if (unknown.length > 0) {
    const found = (await sock.onWhatsApp(...unknown)) ?? [];
    for (const phone of unknown) {
      const one = found.find(({ jid }) => bare(jid) === `${phone}@s.whatsapp.net`);
      const lid = one && "lid" in one && typeof one.lid === "string" ? bare(one.lid) : null;
      numbers.keep({ phone, exists: one?.exists === true, jid: one?.exists ? bare(one.jid) : null, lid });
    }
  }
  return phones.flatMap((phone) => numbers.get(phone) ?? []);
}

/** Not shown to us looks the same as not there. */
function hidden(error: unknown): null {
  const code = (error as { data?: unknown }).data;
  if (code === 404 || code === 401) return null;
  throw error;
}

async function aboutOf(sock: WASocket, jid: string): Promise<string | null> {
  const [found] = (await sock.fetchStatus(jid)) ?? [];
  const status: unknown = found && "status" in found ? found.status : null;
  const text = typeof status === "object" && status !== null && "status" in status ? status.status : null;
  return typeof text === "string" && text !== "" ? text : null;
}

async function businessOf(sock: WASocket, jid: string): Promise<BusinessProfile | null> {
  const profile = await sock.getBusinessProfile(jid);
  if (!profile) return null;
  const { description, category, email, website, address } = profile;
  return {
    description: description || null,
    category: category ?? null,
    email: email ?? null,
    websites: website ?? [],
    address: address ?? null,
  };
}

async function setPrivacy(sock: WASocket, name: string, value: string): Promise<void> {
  const setters: Record<string, (to: never) => Promise<void>> = {
    last: sock.updateLastSeenPrivacy,
    online: sock.updateOnlinePrivacy,
    profile: sock.updateProfilePicturePrivacy,
    status: sock.updateStatusPrivacy,
    readreceipts: sock.updateReadReceiptsPrivacy,
    groupadd: sock.updateGroupsAddPrivacy,
    calladd: sock.updateCallPrivacy,
    messages: sock.updateMessagesPrivacy,
  };
  const setter = setters[name];
  if (!setter) throw new Failure("invalid", `There is no privacy setting "${name}".`, { field: "name" });
  await setter(value as never);
}
