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
    const frozen: Record<string, string | Uint8Array | null> = {};
    for (const [id, value] of Object.entries(entries ?? {})) frozen[id] = frozenValue(type, value);
    keys[type] = frozen;
  }
  return keys;
}

/** Bytes as bytes, everything else as JSON. A session holds its bytes as base64 already, and is written most. */
function frozenValue(type: string, value: unknown): string | Uint8Array | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return value;
  return type === "session" ? JSON.stringify(value) : JSON.stringify(value, BufferJSON.replacer);
}

function revive<T extends keyof SignalDataTypeMap>(type: T, stored: Record<string, string | Uint8Array>) {
  const values: Record<string, SignalDataTypeMap[T]> = {};
  for (const [id, value] of Object.entries(stored)) values[id] = revivedValue(type, value) as SignalDataTypeMap[T];
  return values;
}

function revivedValue(type: string, stored: string | Uint8Array): unknown {
  if (typeof stored !== "string") return Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  if (type === "session") return JSON.parse(stored);
  const value: unknown = JSON.parse(stored, BufferJSON.reviver);
  // Baileys calls methods of this one: a plain object would break every app-state patch.
  return type === "app-state-sync-key" ? proto.Message.AppStateSyncKeyData.fromObject(value as object) : value;
}
