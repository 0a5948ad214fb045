import type { Account } from "../model/account.ts";
import type { VaultBatch } from "./vault.ts";

/** The files of a Baileys folder, each a text of JSON by its name: `creds.json`, `session-628….0.json`, … */
export type SessionFiles = Readonly<Record<string, string>>;

/** What of a linked device comes along from another server. */
export interface MoveReport {
  /** How many of each are kept. */
  kept: {
    sessions: number;
    sender_keys: number;
    pre_keys: number;
    app_state_keys: number;
    names: number;
    tokens: number;
  };
  /** What is made anew, and what that means; sentences for people. */
  anew: string[];
}

export interface MovedSession {
  account: Account;
  /** What the device's vault holds from then on. */
  vault: VaultBatch;
  report: MoveReport;
}

/** `merpati`: with all that this program keeps. `baileys`: as `useMultiFileAuthState` has it. */
export const sessionForms = ["merpati", "baileys"] as const;
export type SessionForm = (typeof sessionForms)[number];

/** Reads linked devices of other servers, and writes ours for them. */
export interface SessionMover {
  /** Throws `invalid` for what is no linked device, or is damaged. */
  read(files: SessionFiles): MovedSession;
  /** The files of a device that moves out. */
  write(all: { credentials: string; keys: NonNullable<VaultBatch["keys"]> }, form: SessionForm): SessionFiles;
  /** Files as a text that only the passphrase opens. */
  seal(files: SessionFiles, passphrase: string): Promise<string>;
}
