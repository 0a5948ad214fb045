import { S_WHATSAPP_NET, type WASocket } from "@whiskeysockets/baileys";
import { Failure } from "../../core/base/failure.ts";
import type { Account } from "../../core/model/account.ts";
import type { AccountNames, PeopleCalls, Privacy } from "../../core/ports/people.ts";
import { asked } from "./asking.ts";
import { businessOf } from "./business.ts";
import type { PersonNames, SeenNames } from "../../core/model/person.ts";
import type { UsernameRef } from "../../core/model/username.ts";
import type { AccountsOf } from "./groups.ts";
import type { Numbers } from "./numbers.ts";
import type { UsernameAnswer, Usernames } from "./usernames.ts";
import { type Alias, namedWith } from "../codec/notice.ts";
import type { Presences } from "./presences.ts";
import { bare, isLid } from "../wire/jid.ts";
import { setProfilePicture } from "./portrait.ts";

export interface PeoplePorts {
  socket: () => WASocket;
  alias: Alias;
  /** Of this device. */
  check: (sock: WASocket, phones: readonly string[]) => ReturnType<Numbers["check"]>;
  /** Of this device. */
  lookUp: (sock: WASocket, ref: UsernameRef, known: PersonNames | null) => ReturnType<Usernames["lookUp"]>;
  presences: Presences;
  account: () => Account;
  /** By which of a person's names the account writes to them. */
  nameOf(jid: string): Promise<string>;
  accountsOf: AccountsOf;
  /** Takes word of who is who. */
  seen(names: readonly SeenNames[]): void;
}

/** People, and the account itself, through a connection. */
export function peopleOf(ports: PeoplePorts): PeopleCalls {
  const { socket, alias, check, presences, account } = ports;
  const ask = <T>(work: (sock: WASocket) => Promise<T>): Promise<T> => asked(() => work(socket()));
  return {
    check: (phones) => ask((sock) => check(sock, phones)),
    lookUp: (ref, known) => ask(async (sock) => lookedUp(ports, await ports.lookUp(sock, ref, known))),
    accounts: (jids) => ask(() => accountsOf(ports, jids)),
    identify: (jid) => ask(() => namedWith(alias, jid)),
    picture: (jid) => ask(async (sock) => (await sock.profilePictureUrl(jid, "image").catch(hidden)) ?? null),
    about: (jid) => ask((sock) => aboutOf(sock, jid)),
    business: (jid) => ask((sock) => businessOf(sock, jid)),
    self: () => ask(async () => ({ ...(await namedWith(alias, account().jid)), name: account().name })),
    blocked: () => ask(async (sock) => (await sock.fetchBlocklist()).flatMap((one) => one ?? [])),
    block: (jid, blocked) => ask((sock) => setBlocked(sock, jid, blocked, alias)),
    watch: (jid) => ask(async (sock) => presences.watch(sock, await ports.nameOf(jid))),
    rename: (name) => ask((sock) => sock.updateProfileName(name)),
    describe: (about) => ask((sock) => sock.updateProfileStatus(about)),
    portray: (jpeg) => ask((sock) => setProfilePicture(sock, sock.user?.id ?? "", jpeg)),
    privacy: () => ask((sock) => privacyOf(sock, account().jid)),
    setPrivacy: (name, value) => ask((sock) => setPrivacy(sock, name, value)),
  };
}

async function accountsOf({ alias, ...ports }: PeoplePorts, jids: readonly string[]): Promise<AccountNames[]> {
  const accounts = await ports.accountsOf(jids);
  const named = jids.map(async (asked): Promise<AccountNames> => {
    const jid = accounts.get(bare(asked)) ?? null;
    const other = jid === null || isLid(jid) ? jid : await alias(jid);
    return { asked, jid, lid: other === null ? null : bare(other) };
  });
  return Promise.all(named);
}

/** Whoever was found is known by the username from now on. */
function lookedUp(ports: Pick<PeoplePorts, "seen">, found: UsernameAnswer): UsernameAnswer {
  if (typeof found !== "string") ports.seen([{ ...found, source: "lookup" }]);
  return found;
}

/** By LID, with the number beside it where it is known (whatsmeow 8d023aa9 and zapo, 2026-08). */
async function setBlocked(sock: WASocket, jid: string, isBlocked: boolean, alias: Alias): Promise<void> {
  const other = await alias(jid);
  const lid = isLid(jid) ? jid : other;
  const number = isLid(jid) ? other : jid;
  if (lid === null) throw new Failure("not_found", "WhatsApp tells no LID of this person, by which it blocks people.");
  const known = number === null ? { unknown_identifier: "true" } : { pn_jid: bare(number) };
  const attrs = isBlocked ? { action: "block", jid: bare(lid), ...known } : { action: "unblock", jid: bare(lid) };
  const iq = { xmlns: "blocklist", to: S_WHATSAPP_NET, type: "set" };
  await sock.query({ tag: "iq", attrs: iq, content: [{ tag: "item", attrs }] });
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

async function privacyOf(sock: WASocket, jid: string): Promise<Privacy> {
  const [settings, [own] = []] = await Promise.all([
    sock.fetchPrivacySettings(true),
    sock.fetchDisappearingDuration(jid),
  ]);
  const mode = own?.["disappearing_mode"] as { duration?: number } | undefined;
  return { ...settings, ...(mode?.duration === undefined ? {} : { disappearing: String(mode.duration) }) };
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
    disappearing: sock.updateDefaultDisappearingMode,
  };
  const setter = setters[name];
  if (!setter) throw new Failure("invalid", `There is no privacy setting "${name}".`, { field: "name" });
  await setter(value as never);
}
