import type { MediaContent } from "../model/content/content.ts";
import type { ContactChange } from "../ports/contacts.ts";
import type { NewEvent } from "../model/events/events.ts";
import type { HistoryChange, StoredMessage } from "../ports/history.ts";
import type { ReceivedMedia } from "../ports/media.ts";
import type { Message } from "../model/message/message.ts";
import type { MessageName } from "../model/message/message-name.ts";
import type { MessageChange } from "../ports/messages.ts";

/** The part of a batch that follows from one signal. */
export interface Entry {
  events: NewEvent[];
  messages: MessageChange[];
  history: HistoryChange[];
  media: ReceivedMedia[];
  contacts: ContactChange[];
}

export const emptyEntry: Entry = { events: [], messages: [], history: [], media: [], contacts: [] };

/** What the inbox asks about messages: those we sent, and all that are remembered. */
export interface MessageLookups {
  sent(waId: string): Promise<Message | null>;
  said(name: MessageName): Promise<StoredMessage | null>;
  /** Whether the account itself sent a message of this id, into whichever chat. */
  isOurs(id: string): Promise<boolean>;
  /** Whether two names are of one chat or person. */
  isSame(one: string, other: string): Promise<boolean>;
}

export const eventEntry = (event: NewEvent): Entry => ({ ...emptyEntry, events: [event] });

/** The file of a content, still where WhatsApp has it. */
export function receivedFileOf(content: MediaContent, remote: string | null): ReceivedMedia {
  const { media_id: id, mime, size, sha256 } = content;
  return { id, mime, size, sha256, remote, name: ("name" in content && content.name) || null };
}
