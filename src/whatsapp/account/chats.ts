import { type ChatModification, proto, type WAPatchCreate, type WASocket } from "@whiskeysockets/baileys";
import type { ChatCalls, ChatMark, LastMessage } from "../../core/ports/chats.ts";
import type { MessageRef } from "../../core/model/content/parts.ts";
import { isGroup } from "../wire/jid.ts";
import { asked } from "./asking.ts";
import type { OlderHistory } from "./older-history.ts";
import type { Presences } from "./presences.ts";
import { messageKeyOf } from "../codec/writing.ts";

/** Chats through a connection. `nameOf`: by which of a person's names the account writes to them. */
export function chatCallsOn(
  socket: () => WASocket,
  presences: Presences,
  nameOf: (chat: string) => Promise<string>,
  older: OlderHistory,
  callerOf: (call: string) => string | null,
): ChatCalls {
  const ask = <T>(work: (sock: WASocket) => Promise<T>): Promise<T> => asked(() => work(socket()));
  // The other devices know what we sent by the name that it went to.
  const there = async (chat: string, message: MessageRef | undefined): Promise<string> =>
    message?.from_me ? nameOf(chat) : chat;
  return {
    typing: (chat, state) => ask(async (sock) => sock.sendPresenceUpdate(state, await nameOf(chat))),
    online: (available) => ask((sock) => presences.show(sock, available)),
    read: (chat, messages) => ask((sock) => sock.readMessages(messages.map((message) => messageKeyOf(chat, message)))),
    mark: (chat, mark, last) =>
      ask(async (sock) => {
        const name = await there(chat, last?.target);
        await sock.chatModify(modification(name, mark, last), name);
      }),
    star: (chat, message, starred) =>
      ask(async (sock) =>
        sock.appPatch(ofMessage("star", await there(chat, message), message, { starAction: { starred } })),
      ),
    deleteForMe: (chat, message, at) =>
      ask(async (sock) =>
        sock.appPatch(
          ofMessage("deleteMessageForMe", await there(chat, message), message, {
            deleteMessageForMeAction: { deleteMedia: true, messageTimestamp: Math.floor(at / 1000) },
          }),
        ),
      ),
    older: (chat, oldest, count) => ask((sock) => older.ask(sock, chat, oldest, count)),
    // A call is answered by the name that it came under.
    rejectCall: (id, from) => ask((sock) => sock.rejectCall(id, callerOf(id) ?? from)),
  };
}

const { SET } = proto.SyncdMutation.SyncdOperation;
/** As other clients number them (whatsmeow, appstate/encode.go; Baileys' own patches name no author). */
const versions = { star: 2, deleteMessageForMe: 3 } as const;

/** A change of one message in the account's shared state. Of others' messages in a group it names the author. */
function ofMessage(
  what: keyof typeof versions,
  chat: string,
  { id, sender, from_me: fromMe }: MessageRef,
  syncAction: proto.ISyncActionValue,
): WAPatchCreate {
  const author = isGroup(chat) && !fromMe ? (sender ?? "0") : "0";
  const index = [what, chat, id, fromMe ? "1" : "0", author];
  return { type: "regular_high", index, syncAction, apiVersion: versions[what], operation: SET };
}

function modification(chat: string, mark: ChatMark, last: LastMessage | null): ChatModification {
  const lastMessages = last ? [{ key: messageKeyOf(chat, last.target), messageTimestamp: last.at }] : [];
  if ("archived" in mark) return { archive: mark.archived, lastMessages };
  if ("pinned" in mark) return { pin: mark.pinned };
  if ("muted" in mark) return { mute: mark.muted };
  return { markRead: !mark.unread, lastMessages };
}
