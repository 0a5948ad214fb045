import type { History, HistoryChange, NewStoredMessage } from "../../core/ports/history.ts";
import { chatsOn, chatWriter } from "./chats.ts";
import { isPersonJid, statusChat } from "../../core/model/recipient.ts";
import { historyPages } from "./history-pages.ts";
import { wordsIn } from "./search.ts";
import { storedColumns, storedOf, type StoredRow } from "./stored-row.ts";
import type { Disk } from "../sqlite/disk.ts";
import { type ErasePorts, eraser } from "./erase.ts";
import { labelWriter } from "./labels.ts";
import type { NamesOf } from "./names.ts";

/** One chat of two may be addressed by number and by LID; a group has one name, and no message of it is another's. */
const inChat = `(chat = $chat OR (chat NOT LIKE '%@g.us' AND $chat NOT LIKE '%@g.us'))`;

/** Adds a message that is not there yet. `old`: the phone tells of the past, so the chat does not move up. */
function messageAdder(disk: Disk, names: NamesOf, chats: ReturnType<typeof chatWriter>) {
  const add = disk.prepare(
    `INSERT INTO said (device, chat, id, sender, from_me, push_name, at, content, context, words, wire, server_id)
     VALUES ($device, $chat, $id, $sender, $fromMe, $pushName, $at, $content, $context, $words, $wire, $serverId)
     ON CONFLICT (device, id, chat, sender) DO NOTHING`,
  );
  // A chat of two may go by another name in what the phone tells of the past.
  const there = disk.prepare("SELECT 1 FROM said WHERE device = $device AND id = $id AND chat IN ($chat, $also)");
  return (
    device: string,
    { wire, content, context, fromMe, serverId = null, ...said }: NewStoredMessage,
    old = false,
  ): void => {
    if (old) {
      const [chat, also = chat] = names(device, said.chat);
      if (there.get({ device, id: said.id, chat, also }) !== null) return;
    }
    const words = wordsIn(content);
    const text = { content: JSON.stringify(content), context: JSON.stringify(context), words };
    const { changes } = add.run({ device, ...said, ...text, wire, fromMe: fromMe ? 1 : 0, serverId });
    if (changes > 0 && !old) chats.said(device, said.chat, said.at, fromMe);
  };
}

/** Writes what happened in the chats of a device; inside somebody's transaction. */
export function historyWriter(disk: Disk, names: NamesOf): (device: string, change: HistoryChange) => void {
  const chats = chatWriter(disk, names);
  const label = labelWriter(disk, names);
  const say = messageAdder(disk, names, chats);
  const edit = disk.prepare(
    `UPDATE said SET content = $content, words = $words, edited_at = $at WHERE device = $device AND id = $id AND ${inChat}`,
  );
  // The words go with the message: who takes one back does not want it found.
  const remove = disk.prepare(
    `UPDATE said SET deleted_at = $at, words = '' WHERE device = $device AND id = $id AND ${inChat}`,
  );
  const drop = disk.prepare(`DELETE FROM said WHERE device = $device AND id = $id AND ${inChat}`);
  const star = disk.prepare(`UPDATE said SET starred = $starred WHERE device = $device AND id = $id AND ${inChat}`);
  const number = disk.prepare(
    `UPDATE said SET server_id = $serverId WHERE device = $device AND id = $id AND chat = $chat`,
  );
  return (device, change) => {
    switch (change.type) {
      case "said":
        return say(device, change.said, change.old);
      case "chat":
        return chats.changed(device, change.chat, change.change);
      case "named":
        return chats.named(device, change.chat, change.name);
      case "edited": {
        const { type: _, content, ...where } = change;
        return void edit.run({ device, ...where, content: JSON.stringify(content), words: wordsIn(content) });
      }
      case "deleted": {
        const { type: _, ...where } = change;
        return void remove.run({ device, ...where });
      }
      case "removed":
        return void drop.run({ device, chat: change.chat, id: change.id });
      case "starred":
        return void star.run({ device, chat: change.chat, id: change.id, starred: change.starred ? 1 : 0 });
      case "numbered":
        return void number.run({ device, chat: change.chat, id: change.id, serverId: change.serverId });
      case "read":
        return chats.read(device, change.chat, change.id ?? null);
      default:
        return label(device, change);
    }
  };
}

/** Where a message is. */
type Place = Pick<StoredRow, "chat" | "sender" | "fromMe">;

/** Whether a message in `place` belongs to `chat`. */
function isIn(
  chat: string,
  { chat: other, sender, fromMe }: Place,
  names: (jid: string) => readonly [string, ...string[]],
): boolean {
  if (chat === other) return true;
  if (!isPersonJid(chat)) return false;
  if (other === statusChat) return fromMe === 1 || isIn(chat, { chat: sender, sender, fromMe }, names);
  if (!isPersonJid(other)) return false;
  const [ours, theirs] = [names(chat), names(other)];
  if (ours.length > 1 || theirs.length > 1) return ours[0] === theirs[0];
  // Of a person nobody knows by both names, one of them may be the other.
  return chat.split("@")[1] !== other.split("@")[1];
}

export function historyOn(disk: Disk, { names, ...erasing }: ErasePorts): History {
  const one = <T>(what: string) =>
    disk.prepare<T>(
      `SELECT ${what} FROM said WHERE device = $device AND id = $id AND ${inChat} ORDER BY chat = $chat DESC LIMIT 1`,
    );
  const find = one<StoredRow>(storedColumns);
  const oldest = disk.prepare<StoredRow>(
    `SELECT ${storedColumns} FROM said WHERE device = $device AND chat IN ($chat, $also) ORDER BY at, place LIMIT 1`,
  );
  const wire = one<{ wire: Uint8Array }>("wire");
  const places = disk.prepare<Place>(
    `SELECT chat, sender, from_me AS "fromMe" FROM said WHERE device = $device AND id = $id
     UNION SELECT chat, '', 1 FROM message WHERE device = $device AND (wa_id = $id OR id = $id)`,
  );
  return {
    ...chatsOn(disk, names),
    find: async (device, chat, id) =>
      disk.read(() => {
        const row = find.get({ device, chat, id });
        return row === null ? null : storedOf(row);
      }),
    elsewhere: async (device, chat, id) =>
      disk.read(() => {
        const all = places.all({ device, id });
        return all.some((place) => isIn(chat, place, (jid) => names(device, jid))) ? null : (all[0]?.chat ?? null);
      }),
    wire: async (device, chat, id) => disk.read(() => wire.get({ device, chat, id })?.wire ?? null),
    oldest: async (device, chat) =>
      disk.read(() => {
        const [name, also = name] = names(device, chat);
        const row = oldest.get({ device, chat: name, also });
        return row === null ? null : storedOf(row);
      }),
    page: historyPages(disk, names),
    erase: eraser(disk, { names, ...erasing }),
  };
}
