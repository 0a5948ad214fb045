import type { Content, Context } from "../model/content/content.ts";
import type { BotEvent } from "../model/events/events.ts";
import type { Message } from "../model/message/message.ts";
import type { ChatKind } from "../model/recipient.ts";
import type { MessageName } from "../model/message/message-name.ts";
import type { LabelChange } from "./labels.ts";

/** A message of a chat, whoever wrote it, as it is remembered. */
export interface StoredMessage {
  /** WhatsApp's. */
  id: string;
  chat: string;
  sender: string;
  fromMe: boolean;
  pushName: string | null;
  /** Milliseconds since 1970, all times here. */
  at: number;
  /** As it is now: after an edit, the new one. */
  content: Content;
  context: Context;
  editedAt: number | null;
  deletedAt: number | null;
  starred: boolean;
  /** Of a post: the channel's own number of it. */
  serverId: number | null;
  /** Chat and sender as WhatsApp named them: receipts and the account's other devices know them by these names. */
  addressed: { chat: string; sender: string };
}

/** `wire` is the message as WhatsApp has it: what quotes, votes and files are made from. */
export type NewStoredMessage = Omit<StoredMessage, "editedAt" | "deletedAt" | "starred" | "serverId" | "addressed"> & {
  wire: Uint8Array;
  addressed?: StoredMessage["addressed"];
  serverId?: number | null;
};

/** What happens to the messages of a chat; written with the events that tell it. */
export type HistoryChange =
  /** `old` came by a history sync: it makes no chat unread. */
  | { type: "said"; said: NewStoredMessage; old?: true }
  | { type: "chat"; chat: string; change: ChatChange }
  /** A name for a chat that exists; it makes none. */
  | { type: "named"; chat: string; name: string }
  /** One that comes before its message, and a deletion likewise, waits for it. */
  | ({ type: "edited"; content: Content; at: number } & MessageName)
  | ({ type: "deleted"; at: number } & MessageName)
  /** Taken out of the account's own devices. */
  | ({ type: "removed" } & MessageName)
  | ({ type: "starred"; starred: boolean } & MessageName)
  /** WhatsApp told the number of a post of ours. */
  | ({ type: "numbered"; serverId: number } & MessageName)
  /** The owner has seen the chat; up to a message, when one is named. */
  | { type: "read"; chat: string; id?: string }
  | LabelChange;

/** Which messages are meant; what is left out lets all pass. */
export interface HistoryFilter {
  /** All chats when null. */
  chat: string | null;
  /** Kinds of content. */
  kinds?: readonly string[] | null;
  fromMe?: boolean | null;
  /** When it was said, milliseconds since 1970, both included. */
  since?: number;
  until?: number;
}

export interface HistoryQuery extends HistoryFilter {
  /** Words to find, all of them; the last may be unfinished. */
  search: string | null;
  /** Behind this place; null is from the first. */
  before: number | null;
  /** From the oldest to the newest; not with `search`. */
  oldestFirst?: boolean;
  limit: number;
}

/** A message with its place: the order in which messages came to be known. */
export interface PlacedMessage {
  place: number;
  message: StoredMessage;
}

/** Something that is kept of a person: what they said or were told, what was sent to them, an event that names them. */
export type PersonTrace =
  { type: "said"; message: StoredMessage } | { type: "sent"; message: Message } | { type: "event"; event: BotEvent };

/** A chat as it is remembered. */
export interface Chat {
  jid: string;
  /** Names of the person it is with; null of groups and channels, and what is not known. */
  phone: string | null;
  lid: string | null;
  username: string | null;
  /** The group's subject or the contact's name, as far as known. */
  name: string | null;
  unread: number;
  lastAt: number;
  archived: boolean;
  pinned: boolean;
  /** Null is not muted. */
  mutedUntil: number | null;
  markedUnread: boolean;
  /** Ids. */
  labels: string[];
}

/** Which chats are meant; what is left out lets all pass. */
export interface ChatFilter {
  /** Part of a name or number. */
  search?: string | null;
  kind?: ChatKind | null;
  unread?: boolean | null;
  archived?: boolean | null;
  /** The id of one that it carries. */
  label?: string | null;
}

/** `after` is the last chat of the page before. */
export interface ChatQuery extends ChatFilter {
  after: Pick<Chat, "pinned" | "lastAt" | "jid"> | null;
  limit: number;
}

export type ChatChange = Partial<
  Pick<Chat, "name" | "unread" | "lastAt" | "archived" | "pinned" | "mutedUntil" | "markedUnread">
>;

/** What was said in the chats of a device, in and out, for as long as it is kept. */
export interface History {
  find(device: string, name: MessageName): Promise<StoredMessage | null>;
  /** Whether the account itself sent a message of this id into the chat; null: into any. */
  isOurs(device: string, chat: string | null, id: string): Promise<boolean>;
  /**
   * The other chat that a message is in, by WhatsApp's id or ours, sent or still queued; null when it is in `chat`, by
   * whatever name, or known nowhere. A status post is in the chat of its author too, and one of ours in everybody's.
   */
  elsewhere(device: string, chat: string, id: string): Promise<string | null>;
  /** The message of a chat that was sent first, of those that are kept; null of an empty chat. */
  oldest(device: string, chat: string): Promise<StoredMessage | null>;
  /** The message as WhatsApp has it. */
  wire(device: string, name: MessageName): Promise<Uint8Array | null>;
  /** Newest first, unless the query says otherwise. */
  page(device: string, query: HistoryQuery): Promise<PlacedMessage[]>;
  /** How many there are. */
  count(device: string, filter: HistoryFilter): Promise<number>;
  /** In whichever chat: ids are chosen by whoever sends, so there may be several. */
  withId(device: string, id: string): Promise<StoredMessage[]>;
  /** Latest first, pinned ones before the others. A person has one chat. */
  chats(device: string, query: ChatQuery): Promise<Chat[]>;
  countChats(device: string, filter: ChatFilter): Promise<number>;
  chat(device: string, jid: string): Promise<Chat | null>;
  /** All that is kept of a person, by everything they go by: each kind in the order in which it came to be known. */
  traces(device: string, jids: readonly string[]): AsyncGenerator<PersonTrace, void>;
  /** Forgets a person; resolves to how many messages that were. */
  erase(device: string, jids: readonly string[]): Promise<number>;
}
