import type { KnownContact } from "../model/waiting.ts";

/** What is remembered of people, for the governor: per device and person. */
export interface ContactHistory {
  /** Null of somebody new. By any name of theirs. */
  get(device: string, chat: string): Promise<Omit<KnownContact, "isPerson"> | null>;
  /** Forgets everybody: the account of the device is another one from now on. */
  forget(device: string): Promise<void>;
}

/** What happened between us and a person. Milliseconds since 1970. */
export interface ContactHistoryChange {
  chat: string;
  /** They wrote: nothing is held back from them any more, and what waits for them may leave. */
  heardAt?: number;
  saidAt?: number;
  /** Null: nothing is held back from them any more, and what waits for them is judged again. */
  heldUntil?: number | null;
}
