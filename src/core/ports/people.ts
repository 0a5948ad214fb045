import type { Named } from "./groups.ts";
import type { PersonNames } from "../model/person.ts";
import type { UsernameRef } from "../model/username.ts";
import type { Scope } from "../model/scopes.ts";

/** A number and whether WhatsApp knows it. */
export interface NumberCheck {
  phone: string;
  exists: boolean;
  jid: string | null;
  lid: string | null;
}

/** The account behind a JID. */
export interface AccountNames {
  /** As it was asked for. */
  asked: string;
  /** The name that WhatsApp has for it: in some countries another number. Null when nobody has that number. */
  jid: string | null;
  /** Null when it is not known. */
  lid: string | null;
}

/** What is known of numbers, and what WhatsApp may be asked later, the first in `wait` milliseconds. */
export interface NumberAnswers {
  readonly known: readonly NumberCheck[];
  readonly pending: readonly string[];
  readonly wait: number;
}

/** What a business account says of itself; every text is its owner's. */
export interface BusinessProfile {
  description: string | null;
  categories: string[];
  email: string | null;
  websites: string[];
  address: string | null;
  hours: BusinessHours | null;
}

export interface BusinessHours {
  /** By its name: `Asia/Jakarta`. */
  timezone: string | null;
  /** A day with a pause is there twice. Times are `HH:MM`, and null where a day is open all of it or by appointment. */
  days: { day: string; mode: string; open: string | null; close: string | null }[];
}

/** Who may see what: the names and values are WhatsApp's own. */
export type Privacy = Record<string, string>;

/** What one can ask about people, and about oneself. People are JIDs; throws `refused`, `timeout`, `unavailable`. */
export interface PeopleCalls {
  /** Asks WhatsApp which numbers it knows, as far as the pace allows; answers are kept for a day. */
  check(phones: readonly string[]): Promise<NumberAnswers>;
  /**
   * Asks who goes by a username: somebody, nobody, or somebody who is found with a key only. `known`: who goes by it as far
   * as was told; an answer that names somebody else is not taken from memory. Throws `rate_limited`.
   */
  lookUp(ref: UsernameRef, known: PersonNames | null): Promise<Named | "nobody" | "wants_key">;
  /** The accounts that these people lead to; all that are not known are asked for at once. */
  accounts(jids: readonly string[]): Promise<AccountNames[]>;
  identify(jid: string): Promise<Named>;
  /** The address of the picture, null when there is none or it is not shown to us. */
  picture(jid: string): Promise<string | null>;
  about(jid: string): Promise<string | null>;
  /** Null of an account that is no business. */
  business(jid: string): Promise<BusinessProfile | null>;
  /** The account itself. */
  self(): Promise<Named & { name: string | null }>;
  blocked(): Promise<string[]>;
  block(jid: string, blocked: boolean): Promise<void>;
  /** Makes WhatsApp tell us when this person comes online or types. */
  watch(jid: string): Promise<void>;
  rename(name: string): Promise<void>;
  describe(about: string): Promise<void>;
  /** JPEG; null takes the picture away. */
  portray(jpeg: Uint8Array | null): Promise<void>;
  privacy(): Promise<Privacy>;
  setPrivacy(name: string, value: string): Promise<void>;
}

export const peopleScopes: Record<keyof PeopleCalls, Scope> = {
  check: "read",
  lookUp: "read",
  accounts: "read",
  identify: "read",
  picture: "read",
  about: "read",
  business: "read",
  self: "read",
  blocked: "read",
  block: "manage",
  watch: "read",
  rename: "manage",
  describe: "manage",
  portray: "manage",
  privacy: "read",
  setPrivacy: "manage",
};

/** The privacy settings there are, with the values each takes. */
export const privacyValues: Readonly<Record<string, readonly string[]>> = {
  last: ["all", "contacts", "contact_blacklist", "none"],
  online: ["all", "match_last_seen"],
  profile: ["all", "contacts", "contact_blacklist", "none"],
  status: ["all", "contacts", "contact_blacklist", "none"],
  readreceipts: ["all", "none"],
  groupadd: ["all", "contacts", "contact_blacklist"],
  calladd: ["all", "known"],
  messages: ["all", "contacts"],
  // Seconds after which messages of new chats disappear; no matter of who sees what, but set in the same place.
  disappearing: ["0", "86400", "604800", "7776000"],
};
