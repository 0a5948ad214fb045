import { type BaileysEventMap, proto, type WAMessage, type WASocket } from "@whiskeysockets/baileys";
import { isAction, isMedia } from "../core/content.ts";
import type { News } from "../core/connector.ts";
import type { HistoryChange } from "../core/history.ts";
import type { ReceivedMedia } from "../core/media.ts";
import { natural } from "./convert/fields.ts";
import { isErrand, toContent } from "./convert/index.ts";
import type { Reader } from "./incoming.ts";
import { bare, isGroup } from "./jid.ts";
import { remoteOf } from "./media/remote.ts";
import { readingOf } from "./reading.ts";

type Synced = BaileysEventMap["messaging-history.set"];

/** How many messages are written at once. */
const slice = 200;

/** What the phone tells of the time before this device was linked. */
export function listenForPast(
  sock: WASocket,
  reader: () => Reader,
  now: () => number,
  report: (news: News[]) => void,
  failed: (error: unknown) => void,
): void {
  sock.ev.on("messaging-history.set", (synced) => {
    try {
      report([...newsOf(synced, reader(), now())]);
    } catch (error) {
      failed(error);
    }
  });
}

function* newsOf({ chats, messages, syncType, progress }: Synced, reader: Reader, at: number): Generator<News> {
  const kind = syncType == null ? "UNKNOWN" : proto.HistorySync.HistorySyncType[syncType];
  const told = { kind, chats: chats.length, messages: messages.length, progress: progress ?? null };
  const base = { type: "history.synced", chat: null, at } as const;
  const changes: HistoryChange[] = chats.flatMap((chat) => chatOf(chat));
  const past = messages.flatMap((message) => readable(message, reader) ?? []);
  yield {
    ...base,
    data: told,
    history: [...changes, ...past.slice(0, slice).map(({ change }) => change)],
    media: past.slice(0, slice).flatMap(({ file }) => file ?? []),
  };
  for (let from = slice; from < past.length; from += slice) {
    const part = past.slice(from, from + slice);
    const history = part.map(({ change }) => change);
    yield {
      ...base,
      data: { ...told, chats: 0, messages: part.length },
      history,
      media: part.flatMap(({ file }) => file ?? []),
    };
  }
}

function chatOf(chat: Synced["chats"][number]): HistoryChange[] {
  const { id, name, unreadCount, archived, pinned, conversationTimestamp } = chat;
  if (!id) return [];
  const lastAt = natural(conversationTimestamp) * 1000;
  const change = {
    ...(name ? { name } : {}),
    ...(unreadCount && unreadCount > 0 ? { unread: unreadCount } : {}),
    ...(archived == null ? {} : { archived }),
    ...(pinned ? { pinned: true } : {}),
    ...(lastAt > 0 ? { lastAt } : {}),
  };
  return [{ type: "chat", chat: bare(id), change }];
}

/** One that cannot be read is left out; the others are not lost with it. */
function readable(message: WAMessage, reader: Reader): ReturnType<typeof pastOf> {
  try {
    return pastOf(message, reader);
  } catch {
    return null;
  }
}

/** A message of the past as it is remembered; null when it says nothing, or cannot be read. */
function pastOf(
  { key, message, messageTimestamp, pushName }: WAMessage,
  { device, me }: Reader,
): { change: HistoryChange; file: ReceivedMedia | null } | null {
  if (!key.id || !key.remoteJid || !message || isErrand(message)) return null;
  const chat = bare(key.remoteJid);
  const fromMe = key.fromMe ?? false;
  const sender = fromMe ? bare(me.id) : bare(key.participant ?? chat);
  const timestamp = natural(messageTimestamp);
  const where = { id: key.id, chat, sender, fromMe, isGroup: isGroup(chat) };
  const { content, context } = toContent(message, readingOf(where, device, me));
  if (isAction(content)) return null;
  const wire = proto.Message.encode(message).finish();
  const said = {
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
  const change: HistoryChange = { type: "said", said, old: true };
  if (!isMedia(content)) return { change, file: null };
  const incoming = { ...where, senderPhone: null, senderLid: null, pushName: null, timestamp, content, context };
  const { media_id: id, mime, size, sha256 } = content;
  const name = ("name" in content && content.name) || null;
  return { change, file: { id, mime, size, sha256, name, remote: remoteOf(incoming, wire) } };
}
