import type { ChatModification, WASocket } from "@whiskeysockets/baileys";
import type { ChatCalls, ChatMark, LastMessage } from "../core/chats.ts";
import { asked } from "./asking.ts";
import { keyOf } from "./writing.ts";

/** Chats through a connection. */
export function chatsOf(socket: () => WASocket): ChatCalls {
  const ask = <T>(work: (sock: WASocket) => Promise<T>): Promise<T> => asked(() => work(socket()));
  return {
    typing: (chat, state) => ask((sock) => sock.sendPresenceUpdate(state, chat)),
    online: (available) => ask((sock) => sock.sendPresenceUpdate(available ? "available" : "unavailable")),
    read: (chat, messages) => ask((sock) => sock.readMessages(messages.map((message) => keyOf(chat, message)))),
    mark: (chat, mark, last) => ask((sock) => sock.chatModify(modification(chat, mark, last), chat)),
    star: (chat, { id, from_me: fromMe }, star) =>
      ask((sock) => sock.chatModify({ star: { messages: [{ id, fromMe }], star } }, chat)),
    rejectCall: (id, from) => ask((sock) => sock.rejectCall(id, from)),
  };
}

function modification(chat: string, mark: ChatMark, last: LastMessage | null): ChatModification {
  const lastMessages = last ? [{ key: keyOf(chat, last.target), messageTimestamp: last.at }] : [];
  if ("archived" in mark) return { archive: mark.archived, lastMessages };
  if ("pinned" in mark) return { pin: mark.pinned };
  if ("muted" in mark) return { mute: mark.muted };
  return { markRead: !mark.unread, lastMessages };
}
