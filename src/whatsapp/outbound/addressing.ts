import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildBuffer, proto } from "@whiskeysockets/baileys";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { AuthState } from "../session/auth-state.ts";
import type { Identity } from "../session/identity.ts";
import { Failure } from "../../core/base/failure.ts";
import { minute } from "../../core/base/durations.ts";
import { ownFailReasons } from "../../core/model/message/fail-reason.ts";
import { bare, isLid, isPerson, phoneOf } from "../wire/jid.ts";

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
  /** Asks WhatsApp who has numbers; resolves to their JIDs, null where nobody has one, and has learned the LIDs. */
  lookUp(phoneJids: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  /** A number leads to an account that WhatsApp names otherwise: by LID, or in another form that some countries have. */
  isAlso(number: string, named: string): void;
  /** Whether somebody's devices are known. */
  isListed(jid: string): boolean;
  /** Milliseconds of a clock that does not jump. */
  now(): number;
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
  /** Numbers in another form, and whose they are, as far as that was told. */
  readonly #told = new Map<string, string>();
  /** Numbers that nobody has, and until when that is believed. */
  readonly #nobody = new Map<string, number>();

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
    const named = (await this.accountsOf([number])).get(number);
    if (!named) throw new Failure("refused", ownFailReasons.not_on_whatsapp, { reason: "not_on_whatsapp" });
    return named;
  }

  /**
   * Under which name WhatsApp has each of these people, all that are not known asked for at once; null where nobody has the
   * number. What is no number is its own. In the order in which they were given.
   */
  async accountsOf(jids: readonly string[]): Promise<Map<string, string | null>> {
    const found = new Map<string, string | null | undefined>();
    for (const jid of jids.map(bare)) found.set(jid, await this.#knownAccount(jid));
    const unknown = [...found.keys()].filter((jid) => found.get(jid) === undefined);
    const named = unknown.length === 0 ? new Map<string, string | null>() : await this.#ports.lookUp(unknown);
    for (const [number, jid] of named) {
      if (jid === null) this.#nobody.set(number, this.#ports.now() + minute);
      else if (jid !== number) this.#isAlso(number, jid);
    }
    dropOldest(this.#nobody, mostPreferences);
    return new Map([...found].map(([asked, known]) => [asked, known ?? named.get(asked) ?? null]));
  }

  /** Undefined of what has to be asked. */
  async #knownAccount(jid: string): Promise<string | null | undefined> {
    const isOwn = jid === bare(this.#ports.identity.me.id);
    if (phoneOf(jid) === null || isOwn || this.#ports.isListed(jid)) return jid;
    if ((await this.otherNameOf(jid)) !== null) return jid;
    const kept = await this.#ports.auth().note<string>(`number|${jid}`);
    // What followed from the answer may not have been written when it was kept.
    if (kept !== null) this.#tellOnce(jid, kept);
    if (kept !== null) return kept;
    return (this.#nobody.get(jid) ?? 0) > this.#ports.now() ? null : undefined;
  }

  #isAlso(number: string, named: string): void {
    this.#ports.auth().writeNote(`number|${number}`, named);
    this.#tellOnce(number, named);
  }

  #tellOnce(number: string, named: string): void {
    if (this.#told.get(number) === named) return;
    this.#told.set(number, named);
    dropOldest(this.#told, mostPreferences);
    this.#ports.isAlso(number, named);
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
