import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildBuffer, proto } from "@whiskeysockets/baileys";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { AuthState } from "../session/auth-state.ts";
import type { Identity } from "../session/identity.ts";
import { bare, isLid, isPerson } from "../wire/jid.ts";

/** AB prop `lid_one_on_one_migration_enabled` (whatsapp-rust, 2026-07). */
const migrationProp = "9435";
/** Where former builds kept it. */
const flagNote = "lid-migrated";

/** What is known of an account, by its number JID; it outlives a logout. */
interface AccountFacts {
  migrated?: true;
}

export interface AddressingPorts {
  auth: () => AuthState;
  identity: Identity;
  /** Asks WhatsApp who has a number; returns its JID, and has learned the LID. */
  lookUp(phoneJid: string): Promise<string>;
  /** A number leads to the account of another, as some countries write theirs in two forms. */
  isAlso(number: string, named: string): void;
  /** Whether somebody's devices are known. */
  isListed(jid: string): boolean;
}

/** Names of people that are remembered, of each connection. */
const mostPreferences = 5_000;

/**
 * Which of a person's two names a message goes to. That is a property of the sending account: it has moved to LIDs or it has
 * not, and the server refuses the other name (whatsapp-rust#943, OpenWA#717; 2026-07). Until something says that it has, it has
 * not; once it has, it stays so.
 */
export class AccountAddressing {
  #migrated: boolean | null = null;
  /** Names that were taken where the usual one was refused, as far as they were asked for. */
  readonly #preferences = new Map<string, string | null>();

  readonly #ports: AddressingPorts;

  constructor(ports: AddressingPorts) {
    this.#ports = ports;
  }

  async isMigrated(): Promise<boolean> {
    return (this.#migrated ??=
      (await this.#isKnownMoved()) || (await this.#ports.auth().note<boolean>(flagNote)) === true);
  }

  /** The account has moved. */
  rise(): void {
    this.#rise(bare(this.#ports.identity.me.id));
  }

  #rise(account: string): void {
    if (this.#migrated) return;
    this.#migrated = true;
    const facts: AccountFacts = { migrated: true };
    this.#ports.auth().writeFacts(account, facts);
  }

  async #isKnownMoved(): Promise<boolean> {
    const facts = await this.#ports.auth().facts<AccountFacts>(bare(this.#ports.identity.me.id));
    return facts?.migrated === true;
  }

  /** The name by which this account writes to a person; every other JID is its own. Throws what asking WhatsApp throws. */
  async nameOf(jid: string): Promise<string> {
    if (!isPerson(bare(jid))) return jid;
    const name = isLid(jid) ? bare(jid) : await this.#account(bare(jid));
    const byLid = (await this.#preferred(name)) ?? (await this.isMigrated());
    if (isLid(name) === byLid) return name;
    // A LID without a known number can be written to by LID alone, a number without a LID by number.
    return (await this.otherNameOf(name)) ?? name;
  }

  /**
   * The number of the account that somebody is found by under this one: in some countries a number has two forms. Asked for
   * once, when nobody has written to it yet. Throws `not_on_whatsapp` when nobody has it.
   */
  async #account(number: string): Promise<string> {
    if (this.#ports.isListed(number) || (await this.otherNameOf(number)) !== null) return number;
    const kept = await this.#ports.auth().note<string>(`number|${number}`);
    if (kept !== null) return kept;
    const named = await this.#ports.lookUp(number);
    if (named === number) return named;
    this.#ports.auth().writeNote(`number|${number}`, named);
    this.#ports.isAlso(number, named);
    return named;
  }

  /** The second name of a person, as far as it is known here. */
  async otherNameOf(jid: string): Promise<string | null> {
    const { me } = this.#ports.identity;
    const name = bare(jid);
    if (name === bare(me.id)) return me.lid === null ? null : bare(me.lid);
    if (me.lid !== null && name === bare(me.lid)) return bare(me.id);
    const [user = ""] = name.split("@");
    const other = await this.#ports.auth().otherName(isLid(name) ? `${user}_reverse` : user);
    return other === null ? null : `${other}@${isLid(name) ? "s.whatsapp.net" : "lid"}`;
  }

  /** It took this name and refused the other. */
  async remember(jid: string): Promise<void> {
    const usual = await this.isMigrated();
    this.#prefer(await this.#noteOf(jid), isLid(jid) === usual ? null : isLid(jid) ? "lid" : "pn");
  }

  async forgetPreference(jid: string): Promise<void> {
    this.#prefer(await this.#noteOf(jid), null);
  }

  #prefer(note: string, name: "lid" | "pn" | null): void {
    this.#ports.auth().writeNote(note, name);
    this.#preferences.set(note, name);
  }

  async #preferred(name: string): Promise<boolean | null> {
    const note = await this.#noteOf(name);
    const known = this.#preferences.get(note);
    const kept = known === undefined ? await this.#ports.auth().note<string>(note) : known;
    if (!this.#preferences.has(note)) this.#preferences.set(note, kept);
    dropOldest(this.#preferences, mostPreferences);
    return kept === null ? null : kept === "lid";
  }

  async #noteOf(jid: string): Promise<string> {
    const name = bare(jid);
    return `name|${isLid(name) ? name : ((await this.otherNameOf(name)) ?? name)}`;
  }

  /**
   * What pairing tells of the account: `client-props` of `pair-success`. They may be left out when an account is linked again,
   * of which is known then what was known before (whatsapp-rust pair.rs, 2026-08).
   */
  paired(stanza: BinaryNode): void {
    const success = getBinaryNodeChild(stanza, "pair-success");
    const props = getBinaryNodeChildBuffer(success, "client-props");
    const account = getBinaryNodeChild(success, "device")?.attrs.jid;
    if (account === undefined) return;
    this.#migrated = null;
    if (props && proto.ClientPairingProps.decode(props).isChatDbLidMigrated) this.#rise(bare(account));
  }

  /** What the server's switches tell: an answer with `props`. */
  switched(stanza: BinaryNode): void {
    const { content = [] } = getBinaryNodeChild(stanza, "props") ?? {};
    if (!Array.isArray(content)) return;
    const prop = content.find(({ attrs }) => attrs.config_code === migrationProp);
    if (prop && ["true", "1"].includes(prop.attrs.config_value ?? "")) this.rise();
  }
}
