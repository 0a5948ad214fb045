import type { NameSource, Person } from "../model/person.ts";

/** What became known of a person: written before everything that goes by their name. */
export interface PersonChange {
  person: Person;
  /** Names that lead to them from now on, whoever had them before: JIDs, or `@` and a username. */
  names: readonly string[];
  /** What they, or others who turned out to be them, went by: chats, history, contacts, labels and the rest move. */
  formerly: readonly string[];
  source: NameSource;
  /** Milliseconds since 1970. */
  at: number;
}

/** Who is who, for each device: every name that was ever seen leads to a person. */
export interface Persons {
  /** By any name they have or had: a JID without its device, or `@` and a username. */
  find(device: string, name: string): Promise<Person | null>;
  /** Where it was learned, or confirmed, that a name leads to whoever it leads to; null of a name that was never seen. */
  sourceOf(device: string, name: string): Promise<NameSource | null>;
  /**
   * Forgets the oldest strangers when a device knows more than `most` people: those who neither wrote nor were written to. Resolves
   * to how many that were. Nothing may be learned meanwhile.
   */
  limit(device: string, most: number): Promise<number>;
  /** Moves some of what still stands under former names. Resolves to whether more is left. */
  tidy(): Promise<boolean>;
}
