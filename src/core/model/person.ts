import { isPersonJid, phoneOfJid } from "./recipient.ts";

/** Whatever a person may go by; null is unknown. A phone number may never come: people with a username need not show one. */
export interface PersonNames {
  /** Digits with country code. */
  readonly phone: string | null;
  /** `10…@lid`. */
  readonly lid: string | null;
  /** Without the `@` that shows it. */
  readonly username: string | null;
}

/** A person as one device knows them. Two people are one when their `jid` is. */
export interface Person extends PersonNames {
  /**
   * The one name that their chat, history and events go by: the number when it was known first, else the LID. It stays
   * when the other name is learned, and moves only when two people turn out to be one or a name is given up.
   */
  readonly jid: string;
}

/** Where names of people are seen; `lost_number`: somebody else was seen with their number. */
export const nameSources = [
  "account",
  "call",
  "contacts",
  "history",
  "lookup",
  "lost_number",
  "message",
  "migration",
  "notification",
  "number_change",
  "own_copy",
  "presence",
  "receipt",
  "roster",
  "usync",
] as const;
export type NameSource = (typeof nameSources)[number];

/** Names that were seen together, as those of one person. */
export interface SeenNames extends Partial<PersonNames> {
  readonly source: NameSource;
  /** Numbers that lead to the same account, in digits: a country's other form of writing it. */
  readonly alsoPhones?: readonly string[];
  /** They go by no username any more. */
  readonly dropsUsername?: true;
  /** What they went by until then. */
  readonly previous?: Partial<PersonNames>;
}

export const jidOfPhone = (phone: string): string => `${phone}@s.whatsapp.net`;
export const nameOfUsername = (username: string): string => `@${username}`;

/** The names that are kept of a person, each as one string: JIDs, and a username behind its `@`. */
export const keptNames = ({ phone, lid, username }: PersonNames): string[] => [
  ...(phone === null ? [] : [jidOfPhone(phone)]),
  ...(lid === null ? [] : [lid]),
  ...(username === null ? [] : [nameOfUsername(username)]),
];

/** Somebody of whom nothing is known but this JID; of what is no person's, no name. */
export function strangerOf(jid: string): Person {
  return { jid, phone: phoneOfJid(jid), lid: isPersonJid(jid) && jid.endsWith("@lid") ? jid : null, username: null };
}

/** What was learned of old does not overrule what is so now. */
export const isOfThePast = ({ source }: SeenNames): boolean => source === "history";
