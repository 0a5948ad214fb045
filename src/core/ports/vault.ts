import type { Hold } from "./hold.ts";

/** Where devices keep their WhatsApp keys, credentials and journals. */
export interface Vaults {
  open(hold: Hold): Promise<Vault>;
}

/** The type of keys that say something of an account, by its JID: true also when it is linked again. */
export const accountFacts = "account-facts";

/** An inbound stanza whose events could not be written together with the step of the ratchet that decrypted it. */
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
  /** Hashes of ciphertexts whose events are written in the same transaction; kept for 14 days at least. */
  seen?: readonly string[];
  /** What is decrypted and not told yet. Their hashes are kept too. */
  journal?: readonly JournalEntry[];
  /** Hashes of the journal whose events are logged: plaintext and stanza go. */
  settled?: readonly string[];
}

export interface Vault {
  /** null when the device was never linked. */
  credentials(): Promise<string | null>;
  get(type: string, ids: readonly string[]): Promise<Record<string, string | Uint8Array>>;
  /**
   * Resolves when it is on disk; rejects with `unavailable` when the hold is void or the disk refuses, and then nothing of it
   * was written. `Ledger.record` writes such a batch together with events. Whoever writes waits for one before the next.
   */
  commit(batch: VaultBatch): Promise<void>;
  /** Of a ciphertext that was decrypted before, its plaintext; null inside when its events are logged already. */
  journalled(hash: string): Promise<{ plaintext: Uint8Array | null } | null>;
  /** What was decrypted and is not settled, oldest first. */
  pending(): Promise<JournalEntry[]>;
  /** All that a device needs to go on elsewhere: its credentials and keys, but nothing of messages. */
  everything(): Promise<{ credentials: string | null; keys: NonNullable<VaultBatch["keys"]> }>;
  /** Leaves no trace in the file of what is not kept any more. */
  tidy(): Promise<void>;
  /** Forgets everything but the keys of the type `accountFacts`: after a logout. */
  erase(): Promise<void>;
  close(): Promise<void>;
}
