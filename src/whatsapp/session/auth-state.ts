import { randomInt } from "node:crypto";
import {
  type AuthenticationCreds,
  type AuthenticationState,
  BufferJSON,
  initAuthCreds,
  proto,
  type SignalDataSet,
  type SignalDataTypeMap,
} from "@whiskeysockets/baileys";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import { Failure } from "../../core/base/failure.ts";
import { accountFacts as factsType, type Vault, type VaultBatch } from "../../core/ports/vault.ts";
import "../wire/curve.ts";
import { type OpenedMessage, PendingWrites } from "./pending-writes.ts";
import { RecentRecords } from "./recent-records.ts";
import { Unsettled } from "./unsettled.ts";

/** Names of people that are remembered, of each connection. */
const mostNames = 5_000;

/** Keys as Baileys has them, and what else is written with them. */
export interface AuthBatch {
  keys?: SignalDataSet;
  /** As they are stored. */
  raw?: NonNullable<VaultBatch["keys"]>;
  credentials?: string;
  /** What these steps decrypted. */
  message?: OpenedMessage;
}

/**
 * Baileys' credentials and keys over a device's vault. In between is what the vault does not have yet, the records that were
 * used last, and the names of people; all else is the store's to cache.
 *
 * Credentials stay in memory until the phone has signed the account, so an abandoned attempt leaves nothing.
 */
export class AuthState {
  /** Set once the connection is over: a late write of an old socket must not reach the vault of a new one. */
  #fenced = false;
  readonly #unsettled = new Unsettled();
  readonly #recent = new RecentRecords();
  #names = new Map<string, string | null>();

  readonly #vault: Vault;
  readonly #pending: PendingWrites;

  private constructor(
    vault: Vault,
    readonly creds: AuthenticationCreds,
    refused: (error: unknown) => void,
  ) {
    this.#vault = vault;
    this.#pending = new PendingWrites((batch) => vault.commit(batch), refused);
  }

  /** `refused`: the disk did not take what nobody else waits for. */
  static async load(vault: Vault, refused: (error: unknown) => void): Promise<AuthState> {
    const stored = await vault.credentials();
    const creds = stored === null ? newCreds() : (JSON.parse(stored, BufferJSON.reviver) as AuthenticationCreds);
    return new AuthState(vault, creds, refused);
  }

  get linked(): boolean {
    return this.creds.account !== undefined && this.creds.account !== null;
  }

  /** Written when it returns, as far as this process can see: Baileys' `creds.update` does not wait for listeners. */
  saveCreds(): void {
    if (this.linked) this.write({ credentials: JSON.stringify(this.creds, BufferJSON.replacer) });
  }

  fence(): void {
    this.#fenced = true;
  }

  asBaileys(): AuthenticationState {
    return {
      creds: this.creds,
      keys: {
        get: (type, ids) => this.read(type, ids),
        set: async (keys) => this.write({ keys: withSessions(keys) }),
      },
    };
  }

  /** Can be read when it returns; `unwritten` tells when it is on disk, and no stanza leaves before that. */
  write({ keys, raw, credentials, message }: AuthBatch): void {
    if (this.#fenced) throw new Failure("unavailable", "The connection these keys belong to is over.");
    const frozen = { ...(keys ? freeze(keys) : {}), ...raw };
    if (keys?.["lid-mapping"]) this.#names = new Map(); // a look that is under way fills the former one
    this.#recent.wrote(frozen);
    this.#pending.add({ keys: frozen, credentials, message }, this.#unsettled.add(frozen, message));
  }

  /**
   * Writes the steps of these messages together with what is told of them, or `all` that waits. Rejects as `write` does, and
   * then nothing was written.
   */
  commitWith<T>(told: readonly string[], write: (batch: VaultBatch) => Promise<T>, all = false): Promise<T> {
    return this.#pending.commitWith(told, write, all);
  }

  /** Nothing is told of these messages. */
  settle(told: readonly string[]): Promise<void> {
    return this.#pending.settle(told);
  }

  /** Writes what waits now; what was decrypted and is not told goes into the journal. */
  flush(): Promise<void> {
    return this.#pending.flush();
  }

  /** What waits for the end of the turn is written now, to be in the transaction of what was written in this turn before. */
  writeNow(): void {
    this.#pending.writeNow();
  }

  async read<T extends keyof SignalDataTypeMap>(type: T, ids: string[]): Promise<Record<string, SignalDataTypeMap[T]>> {
    const found: Record<string, string | Uint8Array> = {};
    const missing: string[] = [];
    for (const id of ids) {
      const value = this.#known(type, id);
      if (value === undefined) missing.push(id);
      else if (value !== null) found[id] = value;
    }
    if (missing.length > 0) Object.assign(found, await this.#stored(type, missing));
    return revive(type, found);
  }

  /** What Baileys does not read, as it is stored: a record of sessions or of a sender key, additions that wait. */
  async record(
    type: "session" | "sender-key" | "identity-key" | "addition",
    id: string,
  ): Promise<string | Uint8Array | null> {
    const known = this.#known(type, id);
    return known === undefined ? ((await this.#stored(type, [id]))[id] ?? null) : known;
  }

  /** Without a look into the store; null of what is not there, undefined of what is not at hand. */
  #known(type: string, id: string): string | Uint8Array | null | undefined {
    const fresh = this.#unsettled.key(type, id);
    return fresh === undefined ? this.#recent.get(type, id) : fresh;
  }

  async #stored(type: string, ids: readonly string[]): Promise<Record<string, string | Uint8Array>> {
    const { writes } = this.#recent;
    const stored = await this.#vault.get(type, ids);
    for (const id of ids) this.#recent.found(type, id, stored[id] ?? null, writes);
    return stored;
  }

  /** What this account's connections remember beside Baileys' keys, as JSON takes it; null when it was never written. */
  async note<T>(name: string): Promise<T | null> {
    const found = await this.read("note" as keyof SignalDataTypeMap, [name]);
    return (found[name] as T | undefined) ?? null;
  }

  /** Null forgets it. */
  writeNote(name: string, value: unknown): void {
    this.write({ keys: { note: { [name]: value } } as SignalDataSet });
  }

  /** What is known of an account, whoever is linked now; null when nothing is. It outlives a logout. */
  async facts<T>(account: string): Promise<T | null> {
    const found = await this.read(factsType as keyof SignalDataTypeMap, [account]);
    return (found[account] as T | undefined) ?? null;
  }

  writeFacts(account: string, facts: object): void {
    this.write({ keys: { [factsType]: { [account]: facts } } as SignalDataSet });
  }

  /** A `lid-mapping`, or that there is none: asked for several times with each message, and seldom written. */
  async otherName(id: string): Promise<string | null> {
    const names = this.#names;
    const known = names.get(id);
    if (known !== undefined) return known;
    const { [id]: other = null } = await this.read("lid-mapping", [id]);
    names.set(id, other);
    dropOldest(names, mostNames);
    return other;
  }

  /** As the vault's: of a ciphertext that was decrypted before, its plaintext. */
  async journalled(hash: string): Promise<{ plaintext: Uint8Array | null } | null> {
    const plaintext = this.#unsettled.plaintext(hash);
    return plaintext ? { plaintext } : this.#vault.journalled(hash);
  }

  get unwritten(): Promise<void> | null {
    return this.#pending.unwritten;
  }
}

/**
 * Baileys drops a whole session when a message is asked for a second time, and with it the keys of everything that is still
 * on its way. It makes a new one anyhow, beside which the old ones may stay: they are bounded.
 */
function withSessions({ session, ...keys }: SignalDataSet): SignalDataSet {
  const kept = Object.entries(session ?? {}).filter(([, value]) => value !== null);
  return kept.length > 0 ? { ...keys, session: Object.fromEntries(kept) } : keys;
}

/** Baileys' ids have one byte; Signal's have fourteen bits, and none is 0. */
function newCreds(): AuthenticationCreds {
  return { ...initAuthCreds(), registrationId: randomInt(1, 2 ** 14) };
}

function freeze(data: SignalDataSet): NonNullable<VaultBatch["keys"]> {
  const keys: NonNullable<VaultBatch["keys"]> = {};
  for (const [type, entries] of Object.entries(data)) {
    const frozen: Record<string, string | Uint8Array | null> = {};
    for (const [id, value] of Object.entries(entries ?? {})) frozen[id] = frozenValue(value);
    keys[type] = frozen;
  }
  return keys;
}

/** Bytes as bytes, everything else as JSON. */
function frozenValue(value: unknown): string | Uint8Array | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return value;
  return JSON.stringify(value, BufferJSON.replacer);
}

function revive<T extends keyof SignalDataTypeMap>(type: T, stored: Record<string, string | Uint8Array>) {
  const values: Record<string, SignalDataTypeMap[T]> = {};
  for (const [id, value] of Object.entries(stored)) values[id] = revivedValue(type, value) as SignalDataTypeMap[T];
  return values;
}

function revivedValue(type: string, stored: string | Uint8Array): unknown {
  if (typeof stored !== "string") return Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  if (type === "session") return stored;
  const value: unknown = JSON.parse(stored, BufferJSON.reviver);
  // Baileys calls methods of this one: a plain object would break every app-state patch.
  return type === "app-state-sync-key" ? proto.Message.AppStateSyncKeyData.fromObject(value as object) : value;
}
