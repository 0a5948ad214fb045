import type { Hold } from "./hold.ts";

/** Where a device keeps its WhatsApp keys, credentials and journal: one database file a device. */
export interface Vaults {
  open(hold: Hold): Promise<Vault>;
}

/** The type of keys that say something of an account, by its JID: true also when it is linked again. */
export const accountFacts = "account-facts";

/** An inbound stanza, from its decryption until its events are logged. */
export interface JournalEntry {
  /** Of the ciphertext; no two have the same. */
  hash: string;
  /** The stanza, written down, to feed in again. */
  stanza: string;
  plaintext: Uint8Array;
}

/** What is written to a vault together or not at all. */
export interface VaultBatch {
  /** By type, then id; null deletes. Values are opaque. */
  keys?: Record<string, Record<string, string | Uint8Array | null>>;
  credentials?: string;
  journal?: readonly JournalEntry[];
  /** Hashes whose events are logged: plaintext and stanza go, the hash stays for 14 days at least. */
  settled?: readonly string[];
}

export interface Vault {
  /** null when the device was never linked. */
  credentials(): Promise<string | null>;
  get(type: string, ids: readonly string[]): Promise<Record<string, string | Uint8Array>>;
  /** Writes. Synchronous inside: done when the call returns. Rejects with `unavailable` when the hold is void or the disk refuses. */
  commit(batch: VaultBatch): Promise<void>;
  /**
   * Writes together with all else that is written in this turn of the event loop. It is on disk when the promise
   * resolves, and need not be readable before; nothing that depends on it may leave the process before that. Throws, or
   * rejects, as `commit`; then all that was joined in this turn is undone.
   */
  join(batch: VaultBatch): Promise<void>;
  /** Resolves when everything joined so far is on disk; null when it is already. */
  readonly unwritten: Promise<void> | null;
  /** Of a ciphertext that was decrypted before, its plaintext; null inside when its events are logged already. */
  journalled(hash: string): Promise<{ plaintext: Uint8Array | null } | null>;
  /** What was decrypted and is not settled, oldest first. */
  pending(): Promise<JournalEntry[]>;
  /** Leaves no trace in the file of what is not kept any more. */
  tidy(): Promise<void>;
  /** Forgets everything but the keys of the type `accountFacts`: after a logout. */
  erase(): Promise<void>;
  close(): Promise<void>;
}
