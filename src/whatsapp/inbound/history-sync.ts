import { type BaileysEventMap, proto, type WAMessage, type WASocket } from "@whiskeysockets/baileys";
import { isAction } from "../../core/model/content/action.ts";
import { isMedia } from "../../core/model/content/content.ts";
import type { AccountEvent, Signal } from "../../core/ports/connector.ts";
import type { EventData } from "../../core/model/events/events.ts";
import type { ContactChange } from "../../core/ports/contacts.ts";
import type { HistoryChange } from "../../core/ports/history.ts";
import type { ReceivedMedia } from "../../core/ports/media.ts";
import { moment, natural } from "../codec/convert/fields.ts";
import { isProtocolMessage, toContent } from "../codec/convert/index.ts";
import type { Reader } from "../codec/incoming.ts";
import { bare, isGroup, isPerson, phoneOf } from "../wire/jid.ts";
import type { HistoryNotices } from "./history-notices.ts";
import { hearAtOnce } from "../wire/socket.ts";
import { remoteOf } from "../codec/remote.ts";
import { bothNames, namedOf } from "../codec/notice.ts";
import { readingOf } from "../codec/reading.ts";

type Synced = BaileysEventMap["messaging-history.set"];

/** How many messages are written at once. */
const slice = 200;

export interface HistoryPorts {
  readonly reader: () => Reader;
  readonly now: () => number;
  /** Resolves when the signals are on disk. `hashes`: of the messages that are told by them. */
  readonly add: (signals: Signal[], hashes: readonly string[]) => Promise<void>;
  readonly notices: HistoryNotices;
  readonly failed: (error: unknown) => void;
  /** The chat that was asked for with a request of that id. */
  readonly older: (request: string | null | undefined) => string | undefined;
}

/** What the phone tells of the time before this device was linked. */
export function listenForHistorySync(sock: WASocket, ports: HistoryPorts): void {
  const { reader, now, add, notices, failed, older } = ports;
  const hear = (synced: Synced): void => {
    try {
      const chat = older(synced.peerDataRequestSessionId);
      const asked =
        chat === undefined ? {} : { chat, request: synced.peerDataRequestSessionId ?? "", end: isWhole(synced) };
      // Its journal entry goes with what is told of it, and what a crash cuts in two is told under the same names.
      const told = notices.of(synced);
      const isDouble = told.length > 0 && told.every((one) => one.isDouble);
      const news = newsOf(synced, asked, reader(), { at: now(), notice: told[0]?.id ?? notices.lastTold(synced) });
      const signals = isDouble ? [] : [...peopleIn(synced), ...news];
      const settle = () => notices.told(told);
      // What the disk refuses ends the connection, and comes again.
      add(
        signals,
        told.map(({ hash }) => hash),
      ).then(settle, () => {});
    } catch (error) {
      failed(error);
    }
  };
  hearAtOnce(sock, "messaging-history.set", hear);
}

/** Names first: what was said is kept under them. */
function* peopleIn({ contacts, lidPnMappings = [] }: Synced): Generator<Signal> {
  const others = new Map(lidPnMappings.flatMap(({ lid, pn }) => [[bare(lid), pn] as const, [bare(pn), lid] as const]));
  const met = contacts.flatMap(({ id, phoneNumber, lid, name, notify }): ContactChange[] => {
    if (!id || !isPerson(id)) return [];
    const other = others.get(bare(id));
    const named = namedOf({ id, phoneNumber: phoneNumber ?? other, lid: lid ?? other });
    return [{ phone: named.phone, lid: named.lid, name: name || null, pushName: notify || null, old: true }];
  });
  const known = [
    ...met,
    ...lidPnMappings.map(({ lid, pn }) => ({ ...bothNames(phoneOf(pn), bare(lid)), old: true as const })),
  ];
  for (let from = 0; from < known.length; from += slice)
    yield { type: "learned", contacts: known.slice(from, from + slice), history: [] };
}

const { COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY: noMore } = proto.Conversation.EndOfHistoryTransferType;

/** The phone has nothing older of what was asked for. */
const isWhole = ({ chats, messages }: Synced): boolean =>
  messages.length === 0 || chats.some(({ endOfHistoryTransferType: end }) => end === noMore);

type Asked = Partial<Pick<EventData<"history.synced">, "chat" | "request" | "end">>;

function* newsOf(
  { chats, messages, syncType, progress }: Synced,
  asked: Asked,
  reader: Reader,
  { at, notice }: { at: number; notice: string | undefined },
): Generator<Signal> {
  const kind = syncType == null ? "UNKNOWN" : proto.HistorySync.HistorySyncType[syncType];
  const told = { kind, chats: chats.length, messages: messages.length, progress: progress ?? null, ...asked };
  const changes: HistoryChange[] = chats.flatMap((chat) => chatOf(chat));
  const past = messages.flatMap((message) => readable(message, reader) ?? []);
  // At least one: a part of the history without messages is told, too.
  for (let from = 0; from === 0 || from < past.length; from += slice) {
    const part = past.slice(from, from + slice);
    const history = part.map(({ change }) => change);
    const media = part.flatMap(({ file }) => file ?? []);
    const first = from === 0;
    const data = first ? told : { ...told, chats: 0, messages: part.length };
    const news = {
      type: "history.synced",
      chat: asked.chat ?? null,
      at,
      ...(notice === undefined ? {} : { once: `history|${notice}|${from}` }),
      data,
      history: first ? [...changes, ...history] : history,
    };
    yield { type: "news", news: { ...news, media } as AccountEvent };
  }
}

function chatOf(chat: Synced["chats"][number]): HistoryChange[] {
  const { id, name, unreadCount, archived, pinned, conversationTimestamp, muteEndTime, markedAsUnread } = chat;
  if (!id) return [];
  const lastAt = moment(conversationTimestamp) * 1000;
  const muted = natural(muteEndTime);
  const change = {
    // A person goes by the name of the contact, which may change.
    ...(name && !isPerson(id) ? { name } : {}),
    ...(unreadCount && unreadCount > 0 ? { unread: unreadCount } : {}),
    ...(archived == null ? {} : { archived }),
    ...(pinned ? { pinned: true } : {}),
    ...(lastAt > 0 ? { lastAt } : {}),
    // Seconds or milliseconds: clients disagree.
    ...(muted > 0 ? { mutedUntil: muted > 1e11 ? muted : muted * 1000 } : {}),
    ...(markedAsUnread ? { markedUnread: true } : {}),
  };
  return [{ type: "chat", chat: bare(id), change }];
}

/** One that cannot be read is left out; the others are not lost with it. */
function readable(message: WAMessage, reader: Reader): ReturnType<typeof storedMessageOf> {
  try {
    return storedMessageOf(message, reader);
  } catch {
    return null;
  }
}

/** A message of the past as it is remembered; null when it says nothing, or cannot be read. */
function storedMessageOf(
  { key, message, messageTimestamp, pushName }: WAMessage,
  { device, me }: Reader,
): { change: HistoryChange; file: ReceivedMedia | null } | null {
  if (!key.id || !key.remoteJid || !message || isProtocolMessage(message)) return null;
  const chat = bare(key.remoteJid);
  const fromMe = key.fromMe ?? false;
  const sender = fromMe ? bare(me.id) : bare(key.participant ?? chat);
  const timestamp = moment(messageTimestamp);
  const where = { id: key.id, chat, sender, fromMe, isGroup: isGroup(chat) };
  const { content, context } = toContent(message, readingOf(where, device, me));
  if (isAction(content)) return null;
  const wire = proto.Message.encode(message).finish();
  const stored = {
    id: key.id,
    chat,
    sender,
    fromMe,
    pushName: pushName ?? null,
    at: timestamp * 1000,
    content,
    context,
    wire,
  };
  const change: HistoryChange = { type: "said", said: stored, old: true };
  if (!isMedia(content)) return { change, file: null };
  const incoming = { ...where, names: [], wire: { chat, sender }, pushName: null, timestamp, content, context };
  const { media_id: id, mime, size, sha256 } = content;
  const name = ("name" in content && content.name) || null;
  return { change, file: { id, mime, size, sha256, name, remote: remoteOf(incoming, wire) } };
}
