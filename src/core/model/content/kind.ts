import type { DraftLookups } from "./message-ref.ts";
import type { ContentKind, ContentOf } from "./content.ts";
import type { DraftKind, DraftOf } from "./draft.ts";
import type { SentContent } from "./sent.ts";

/**
 * A kind of message is a file here and a line in `said.ts`, or in `done.ts` when it does something to another message or a
 * chat. The file exports `about`; `content`, the schema of what comes in; and of what can be sent `draft`, the schema of
 * what a caller writes, with `make`. `words` are what a message of it is found by.
 */
export interface About {
  /** As the pages call it. */
  name: { en: string; id: string };
  /** Where it stands in lists, the smallest number first. */
  place: number;
  can?: readonly Ability[];
  /** What docs/api.md says of it besides S and R. */
  here?: string;
  /** What it says of other gateways. */
  others: string;
}

/** May be forwarded; may go to a channel; to the status; may be edited later; may be sent to be seen once. */
export type Ability = "forwarded" | "posted" | "status" | "edited" | "seen_once";

/** What a checked draft becomes. Throws `invalid` for what WhatsApp would refuse, and `not_found`, `conflict`. */
export type Make<K extends DraftKind> = (draft: DraftOf<K>, desk: DraftLookups) => SentContent | Promise<SentContent>;

export type KindWords<K extends ContentKind> = (content: ContentOf<K>) => readonly (string | undefined)[];

/** The names of kinds as lists show them. */
export function inOrder<T extends Record<string, { readonly about: About }>>(kinds: T): (keyof T & string)[] {
  const place = (name: keyof T): number => kinds[name]?.about.place ?? 0;
  return (Object.keys(kinds) as (keyof T & string)[]).toSorted((a, b) => place(a) - place(b));
}

/** `image, audio and voice`. */
export const enumerated = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
