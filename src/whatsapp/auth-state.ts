import {
  type AuthenticationCreds,
  type AuthenticationState,
  BufferJSON,
  initAuthCreds,
  proto,
  type SignalDataSet,
  type SignalDataTypeMap,
} from "@whiskeysockets/baileys";
import { Failure } from "../core/failure.ts";
import type { Vault, VaultBatch } from "../core/store.ts";

/**
 * Baileys' credentials and keys over a device's vault. There is no cache in between: SQLite is the cache, and a
 * write that fails must fail the decryption that asked for it.
 *
 * Credentials stay in memory until the phone has signed the account, so an abandoned attempt leaves nothing.
 */
export class AuthState {
  /** Set once the connection is over: a late write of an old socket must not reach the vault of a new one. */
  private fenced = false;

  private constructor(
    private readonly vault: Vault,
    readonly creds: AuthenticationCreds,
    private readonly alongside: () => VaultBatch,
  ) {}

  /** `alongside` gives what belongs into the same commit as the next write of keys, once. */
  static async load(vault: Vault, alongside: () => VaultBatch): Promise<AuthState> {
    const stored = await vault.credentials();
    const creds = stored === null ? initAuthCreds() : (JSON.parse(stored, BufferJSON.reviver) as AuthenticationCreds);
    return new AuthState(vault, creds, alongside);
  }

  get linked(): boolean {
    return this.creds.account !== undefined && this.creds.account !== null;
  }

  /** Synchronous inside: called from Baileys' `creds.update`, which does not wait for listeners. */
  saveCreds(): Promise<void> {
    return this.linked
      ? this.write({ credentials: JSON.stringify(this.creds, BufferJSON.replacer) })
      : Promise.resolve();
  }

  fence(): void {
    this.fenced = true;
  }

  asBaileys(): AuthenticationState {
    return {
      creds: this.creds,
      keys: {
        get: async (type, ids) => revive(type, await this.vault.get(type, ids)),
        set: (data) => this.write({ ...this.alongside(), keys: freeze(data) }),
      },
    };
  }

  /** One commit, refused once the connection is over. */
  write(batch: VaultBatch): Promise<void> {
    if (this.fenced) throw new Failure("unavailable", "The connection these keys belong to is over.");
    return this.vault.commit(batch);
  }
}

function freeze(data: SignalDataSet): NonNullable<VaultBatch["keys"]> {
  const keys: NonNullable<VaultBatch["keys"]> = {};
  for (const [type, entries] of Object.entries(data)) {
    const frozen: Record<string, string | null> = {};
    for (const [id, value] of Object.entries(entries ?? {})) {
      frozen[id] = value === null || value === undefined ? null : JSON.stringify(value, BufferJSON.replacer);
    }
    keys[type] = frozen;
  }
  return keys;
}

function revive<T extends keyof SignalDataTypeMap>(type: T, stored: Record<string, string | Uint8Array>) {
  const values: Record<string, SignalDataTypeMap[T]> = {};
  for (const [id, text] of Object.entries(stored)) {
    const value: unknown = JSON.parse(String(text), BufferJSON.reviver);
    // Baileys calls methods of this one: a plain object would break every app-state patch.
    values[id] = (
      type === "app-state-sync-key" ? proto.Message.AppStateSyncKeyData.fromObject(value as object) : value
    ) as SignalDataTypeMap[T];
  }
  return values;
}
