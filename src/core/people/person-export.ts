import type { Contact } from "../ports/contacts.ts";
import type { Chat, PersonTrace } from "../ports/history.ts";
import type { MediaRecord } from "../ports/media.ts";

/** All that is kept of one person, to be handed to them or taken elsewhere. */
export interface PersonExport {
  /** Everything they go by: JIDs and LIDs. */
  readonly names: readonly string[];
  readonly contacts: readonly Contact[];
  readonly chats: readonly Chat[];
  /** Read as they are asked for. */
  readonly traces: AsyncGenerator<PersonTrace, void>;
  /** A file that a message names, as far as it is here. */
  readonly file: (id: string) => Promise<{ record: MediaRecord; bytes: Blob } | null>;
}
