import type { ChatCalls, ChatMark } from "../ports/chats.ts";
import type { Contact, ContactQuery } from "../ports/contacts.ts";
import type { MessageRef } from "../model/content/parts.ts";
import { asMessageRef, type KnownMessage, type TargetName } from "../model/content/message-ref.ts";
import { Failure } from "../base/failure.ts";
import type {
  Chat,
  ChatChange,
  ChatFilter,
  ChatQuery,
  HistoryChange,
  HistoryFilter,
  PlacedMessage,
  StoredMessage,
  HistoryQuery,
} from "../ports/history.ts";
import { type MessageName, nameOfMessage } from "../model/message/message-name.ts";
import type { PersonExport } from "./person-export.ts";
import type { PeopleCalls } from "../ports/people.ts";
import { phoneOfJid } from "../model/recipient.ts";
import type { RawReader } from "../ports/raw-reader.ts";
import type { Scope } from "../model/scopes.ts";
import type { Store } from "../ports/store.ts";

export interface ChatHistoryPorts {
  store: Pick<Store, "history" | "contacts" | "media">;
  readRaw: RawReader;
  /** The device's uid. */
  device: string;
  /** Throws `forbidden`. */
  readonly need: (scope: Scope) => void;
  readonly linked: () => boolean;
  people: PeopleCalls;
  chats: ChatCalls;
  /** Throws `invalid` for an id that two share. */
  readonly known: (chat: string, which: TargetName) => Promise<KnownMessage | null>;
  /** Reads anew who is who. */
  readonly forgetPeople: () => void;
  /** Cancels what has not left for a chat. */
  readonly cancelChat: (chat: string) => Promise<void>;
  /** Leaves no trace of what is not kept any more. */
  readonly tidy: () => Promise<void>;
  readonly remember: (history: readonly HistoryChange[]) => Promise<void>;
}

/** Read receipts of one call. */
const mostReceipts = 200;

/** What a device remembers of its chats and people, and what is noted there. Chats are JIDs. */
export class ChatHistory {
  readonly #ports: ChatHistoryPorts;

  constructor(ports: ChatHistoryPorts) {
    this.#ports = ports;
  }

  /** What was said, newest first. */
  async messages(query: HistoryQuery): Promise<PlacedMessage[]> {
    const { need, store, device } = this.#ports;
    need("read");
    return store.history.page(device, query);
  }

  /** How many messages that are. */
  async count(filter: HistoryFilter): Promise<number> {
    const { need, store, device } = this.#ports;
    need("read");
    return store.history.count(device, filter);
  }

  /** The messages of that id, in whichever chat: whoever sends chooses it, so there may be several. Throws `not_found` for none. */
  async withId(id: string): Promise<StoredMessage[]> {
    const { need, store, device } = this.#ports;
    need("read");
    const found = await store.history.withId(device, id);
    if (found.length === 0) throw new Failure("not_found", "No message of that id is known here.");
    return found;
  }

  /** A message as WhatsApp has it, by the names of its fields; null when it is not kept any more. */
  async raw(chat: string, id: string, author: MessageName["author"] = null): Promise<object | null> {
    const { need, store, device, readRaw } = this.#ports;
    need("read");
    const wire = await store.history.wire(device, { chat, author, id });
    return wire && readRaw(wire);
  }

  async people(query: ContactQuery): Promise<Contact[]> {
    const { need, store, device } = this.#ports;
    need("read");
    return store.contacts.list(device, query);
  }

  async chats(query: ChatQuery): Promise<Chat[]> {
    const { need, store, device } = this.#ports;
    need("read");
    return store.history.chats(device, query);
  }

  async countChats(filter: ChatFilter): Promise<number> {
    const { need, store, device } = this.#ports;
    need("read");
    return store.history.countChats(device, filter);
  }

  /** Tells the senders of a chat's unread messages that they were read. Resolves to how many messages that were. */
  async read(chat: string): Promise<number> {
    const { need, store, device, chats, remember } = this.#ports;
    need("send");
    const unread = (await store.history.chat(device, chat))?.unread ?? 0;
    const limit = Math.min(unread, mostReceipts);
    const newest = await store.history.page(device, { chat, search: null, before: null, limit });
    const heard = newest.filter(({ message }) => !message.fromMe).map(({ message }) => message);
    for (const name of new Set(heard.map((said) => said.addressed.chat))) {
      const there = heard.filter((said) => said.addressed.chat === name);
      await chats.read(name, there.map(asAddressed));
    }
    await remember([{ type: "read", chat }]);
    return heard.length;
  }

  /** Asks the phone for messages before the oldest one here. Throws `not_found` where none is known. */
  async older(chat: string, count: number): Promise<{ request: string; before: StoredMessage }> {
    const { need, store, device, chats } = this.#ports;
    need("read");
    const oldest = await store.history.oldest(device, chat);
    if (!oldest)
      throw new Failure(
        "not_found",
        "No message of that chat is known here, so there is none to ask for older ones of.",
      );
    const { addressed } = oldest;
    const request = await chats.older(addressed.chat, { target: asAddressed(oldest), at: oldest.at }, count);
    return { request, before: oldest };
  }

  /** The name that the phone knows a chat by: the one of its last message. */
  async named(chat: string): Promise<string> {
    return (await this.#last(chat))?.addressed.chat ?? chat;
  }

  async mark(chat: string, mark: ChatMark): Promise<void> {
    const { chats, remember } = this.#ports;
    const last = await this.#last(chat);
    const newest = last ? { target: asAddressed(last), at: Math.floor(last.at / 1000) } : null;
    await chats.mark(last?.addressed.chat ?? chat, mark, newest);
    await remember([{ type: "chat", chat, change: changeOf(mark) }]);
  }

  /** Throws `not_found`, and `invalid` for an id that two share. */
  async star(chat: string, which: TargetName, starred: boolean): Promise<void> {
    const { need, known, chats, remember } = this.#ports;
    need("manage");
    const found = await known(chat, which);
    if (!found) throw new Failure("not_found", "There is no such message in that chat here.");
    await chats.star(found.addressed?.chat ?? found.chat, asAddressed(found), starred);
    await remember([{ type: "starred", ...nameOfMessage(found), starred }]);
  }

  /** Takes a message out of the account's own devices and what is remembered; the others keep it. Throws as `star`. */
  async deleteForMe(chat: string, which: TargetName): Promise<void> {
    const { need, known, chats, remember } = this.#ports;
    need("manage");
    const found = await known(chat, which);
    if (!found) throw new Failure("not_found", "There is no such message in that chat here.");
    await chats.deleteForMe(found.addressed?.chat ?? found.chat, asAddressed(found), found.at);
    await remember([{ type: "removed", ...nameOfMessage(found) }]);
  }

  /**
   * Forgets what one person, a JID, said and was told, by whatever name, and what they were to be told.
   * Resolves to how many messages were said.
   */
  async erase(who: string): Promise<number> {
    const { need, store, device, cancelChat, tidy, forgetPeople } = this.#ports;
    need("manage");
    const names = await this.#namesOf(who);
    for (const name of names) await cancelChat(name);
    const messages = await store.history.erase(device, names);
    forgetPeople();
    await tidy();
    return messages;
  }

  /** All that is kept of one person, a JID, by whatever name. Nothing is read before it is asked for. */
  async export(who: string): Promise<PersonExport> {
    const { need, store, device } = this.#ports;
    need("manage");
    const names = await this.#namesOf(who);
    const chats = await Promise.all(names.map((name) => store.history.chat(device, name)));
    const known = chats.filter((chat) => chat !== null);
    return {
      names,
      contacts: await store.contacts.find(device, { phone: phoneOfJid(who), lid: who }),
      chats: known.filter(({ jid }, place) => known.findIndex((other) => other.jid === jid) === place),
      traces: store.history.traces(device, names),
      file: async (id) => {
        const record = await store.media.get(id);
        if (record?.device !== device || record.state !== "ready") return null;
        const bytes = await store.media.bytes(record.sha256);
        return bytes && { record, bytes };
      },
    };
  }

  /** Everything a person goes by, as WhatsApp and we know it. */
  async #namesOf(jid: string): Promise<string[]> {
    const { store, device, linked, people } = this.#ports;
    const alias = linked() ? await people.identify(jid).catch(() => null) : null;
    const contacts = await store.contacts.find(device, { phone: phoneOfJid(jid), lid: jid });
    const known = [alias, ...contacts].filter((one) => one !== null);
    const all = known.flatMap(({ phone, lid }) => [lid, phone === null ? null : `${phone}@s.whatsapp.net`]);
    return [...new Set([jid, ...all.filter((one) => one !== null)])];
  }

  async #last(chat: string): Promise<StoredMessage | null> {
    const { store, device } = this.#ports;
    const [last] = await store.history.page(device, { chat, search: null, before: null, limit: 1 });
    return last?.message ?? null;
  }
}

/** A message as the account's other devices and its sender know it. */
const asAddressed = (message: KnownMessage): MessageRef =>
  asMessageRef({ ...message, sender: message.addressed?.sender ?? message.sender });

function changeOf(mark: ChatMark): ChatChange {
  if ("muted" in mark) return { mutedUntil: mark.muted };
  if ("unread" in mark) return mark.unread ? { markedUnread: true } : { unread: 0, markedUnread: false };
  return mark;
}
