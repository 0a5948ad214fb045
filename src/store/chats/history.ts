import type { Clock } from "../../core/base/clock.ts";
import type { History, HistoryChange, NewStoredMessage } from "../../core/ports/history.ts";
import { chatsOn, chatWriter } from "./chats.ts";
import { me, type MessageName, nameOfMessage } from "../../core/model/message/message-name.ts";
import { isPersonJid, statusChat } from "../../core/model/recipient.ts";
import { historyPages } from "./history-pages.ts";
import { indexedWords, wordsIn } from "./search.ts";
import { openedWire, sealedSaid, sealedWire, storedColumns, storedOf, type StoredRow } from "./stored-row.ts";
import type { Disk } from "../sqlite/disk.ts";
import { type ErasePorts, eraser } from "./erase.ts";
import { tracesOn } from "./person-traces.ts";
import { labelWriter } from "./labels.ts";
import { earlyChanges } from "./early-changes.ts";
import { among, type NamesOf } from "./names.ts";

/** Of the messages with an id those of one chat and one author, each by any of their names. */
const named = `device = $device AND id = $id AND ${among("chat", "chats")}
  AND ($author IS NULL OR ($author = '${me}' AND from_me = 1) OR (from_me = 0 AND ${among("sender", "authors")}))`;

/** What `named` takes. */
function namer(names: NamesOf) {
  return (device: string, { chat, author, id }: MessageName) => ({
    device,
    id,
    author,
    chats: JSON.stringify(names(device, chat)),
    authors: JSON.stringify(author === null || author === me ? [] : names(device, author)),
  });
}

const other = (given: string, kept: string): string | null => (given === kept ? null : given);

/** Whether what is said on a device can be searched: not what is sealed, nor what does not stay. */
function searchable(disk: Disk): (device: string) => boolean {
  if (disk.seal.contents !== null) return () => false;
  const dropping = disk.prepare<{ one: 1 }, [string]>(
    `SELECT 1 AS one FROM lifetime JOIN device ON device.tenant = lifetime.tenant
     WHERE device.uid = ? AND lifetime.device = '' AND lifetime.contents = 'until_delivered'`,
  );
  /** What was found in this turn of the event loop. */
  const known = new Map<string, boolean>();
  return (device) => {
    const before = known.get(device);
    if (before !== undefined) return before;
    if (known.size === 0) setImmediate(() => known.clear());
    const isFound = dropping.get(device) === null;
    known.set(device, isFound);
    return isFound;
  };
}

/** What a search will find, with what it is found by. */
type Found = [place: number, indexed: string];

/**
 * Adds a message that is not there yet. `old`: the phone tells of the past, so the chat does not move up. `found` takes what is to
 * go into the search index.
 */
function messageAdder(disk: Disk, names: NamesOf, chats: ReturnType<typeof chatWriter>) {
  const add = disk.prepare(
    `INSERT INTO said (device, chat, id, sender, from_me, push_name, at, content, context, words, wire, server_id, wire_chat, wire_sender)
     VALUES ($device, $chat, $id, $sender, $fromMe, $pushName, $at, $content, $context, $words, $wire, $serverId, $wireChat, $wireSender)
     ON CONFLICT (device, id, chat, sender) DO NOTHING`,
  );
  const there = disk.prepare(`SELECT 1 FROM said WHERE ${named}`);
  const nameOf = namer(names);
  const { seal } = disk;
  const isFound = searchable(disk);
  return (
    device: string,
    { wire, content, context, fromMe, serverId = null, addressed, ...said }: NewStoredMessage,
    found: Found[],
    old = false,
  ): boolean => {
    // The past may tell it under another name of its chat or its author.
    if (old && there.get(nameOf(device, nameOfMessage({ ...said, fromMe }))) !== null) return false;
    const [chat] = names(device, said.chat);
    const [sender] = names(device, said.sender);
    const key = { device, id: said.id };
    const text = {
      content: sealedSaid(seal, "content", key, JSON.stringify(content)),
      context: sealedSaid(seal, "context", key, JSON.stringify(context)),
      words: isFound(device) ? wordsIn(content) : "",
    };
    const named = {
      wireChat: other(addressed?.chat ?? said.chat, chat),
      wireSender: other(addressed?.sender ?? said.sender, sender),
    };
    const { changes, lastInsertRowid } = add.run({
      device,
      ...said,
      chat,
      sender,
      ...text,
      wire: sealedWire(seal, key, wire),
      fromMe: fromMe ? 1 : 0,
      serverId,
      ...named,
    });
    if (changes === 0) return false;
    const place = Number(lastInsertRowid);
    if (text.words !== "") found.push([place, indexedWords(device, chat, place, text.words)]);
    if (!old) chats.said(device, chat, said.at, fromMe);
    return true;
  };
}

/** Edits a message, or takes it back; false when it is not there. */
function contentChanger(disk: Disk, names: NamesOf) {
  const edit = disk.prepare(
    `UPDATE said SET content = $content, words = $words, edited_at = $at WHERE ${named} AND deleted_at IS NULL`,
  );
  // The words go with the message: who takes one back does not want it found.
  const remove = disk.prepare(`UPDATE said SET deleted_at = $at, words = '' WHERE ${named}`);
  const isFound = searchable(disk);
  const nameOf = namer(names);
  return (device: string, what: Extract<HistoryChange, { type: "edited" | "deleted" }>): boolean => {
    const where = { ...nameOf(device, what), at: what.at };
    if (what.type === "deleted") return remove.run(where).changes > 0;
    const content = sealedSaid(disk.seal, "content", { device, id: what.id }, JSON.stringify(what.content));
    const words = isFound(device) ? wordsIn(what.content) : "";
    return edit.run({ ...where, content, words }).changes > 0;
  };
}

/**
 * Writes what happened in the chats of a device; inside somebody's transaction. The search index is told of all messages in
 * the end: each other statement in between would have it write a part of itself.
 */
export function historyWriter(
  disk: Disk,
  names: NamesOf,
  clock: Clock,
): (device: string, changes: readonly HistoryChange[]) => void {
  const chats = chatWriter(disk, names, clock);
  const label = labelWriter(disk, names);
  const say = messageAdder(disk, names, chats);
  const drop = disk.prepare(`DELETE FROM said WHERE ${named}`);
  const star = disk.prepare(`UPDATE said SET starred = $starred WHERE ${named}`);
  const number = disk.prepare(`UPDATE said SET server_id = $serverId WHERE ${named}`);
  const early = earlyChanges(disk, names);
  const nameOf = namer(names);
  const change = contentChanger(disk, names);
  const index = disk.prepare<unknown, [string]>(
    "INSERT INTO said_words (rowid, words) SELECT value ->> 0, value ->> 1 FROM json_each(?)",
  );
  const flush = (found: Found[]): void => {
    if (found.length > 0) index.run(JSON.stringify(found.splice(0)));
  };
  const done = (device: string, what: Exclude<HistoryChange, { type: "said" }>): void => {
    switch (what.type) {
      case "chat":
        return chats.changed(device, what.chat, what.change);
      case "named":
        return chats.named(device, what.chat, what.name);
      case "edited":
      case "deleted":
        return change(device, what) ? undefined : early.keep(device, what);
      case "removed":
        return void drop.run(nameOf(device, what));
      case "starred":
        return void star.run({ ...nameOf(device, what), starred: what.starred ? 1 : 0 });
      case "numbered":
        return void number.run({ ...nameOf(device, what), serverId: what.serverId });
      case "read":
        return chats.read(device, what.chat, what.id ?? null);
      default:
        return label(device, what);
    }
  };
  return (device, changes) => {
    const found: Found[] = [];
    for (const what of changes) {
      const before =
        what.type === "said" && say(device, what.said, found, what.old) ? early.take(device, what.said) : [];
      // What takes words out of the index must find them there.
      if (what.type !== "said" || before.length > 0) flush(found);
      for (const one of before) change(device, one);
      if (what.type !== "said") done(device, what);
    }
    flush(found);
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
  return names(chat)[0] === names(other)[0];
}

export function historyOn(disk: Disk, { names, ...erasing }: ErasePorts): History {
  const one = <T>(what: string) =>
    disk.prepare<T & { count: number }>(
      `SELECT ${what}, count(*) OVER () AS count FROM said WHERE ${named} ORDER BY place LIMIT 1`,
    );
  const nameOf = namer(names);
  // Of two that nobody tells apart neither is meant.
  const only = <T extends { count: number }>({ author }: MessageName, row: T | null): T | null =>
    author === null && (row?.count ?? 0) > 1 ? null : row;
  const find = one<StoredRow>(storedColumns);
  const oldest = disk.prepare<StoredRow>(
    `SELECT ${storedColumns} FROM said WHERE device = $device AND ${among("chat", "chats")} ORDER BY at, place LIMIT 1`,
  );
  const wire = one<{ wire: Uint8Array }>("wire");
  // Nearly no id is: names are looked for only where one is.
  const anyOurs = disk.prepare<object, [string, string]>(
    `SELECT 1 FROM said WHERE device = ?1 AND id = ?2 AND from_me = 1
     UNION ALL SELECT 1 FROM message WHERE device = ?1 AND wa_id = ?2 LIMIT 1`,
  );
  const ours = disk.prepare<object>(
    `SELECT 1 FROM said WHERE device = $device AND id = $id AND from_me = 1 AND ${among("chat", "chats")}
     UNION ALL SELECT 1 FROM message WHERE device = $device AND wa_id = $id AND ${among("chat", "chats")} LIMIT 1`,
  );
  const places = disk.prepare<Place>(
    `SELECT chat, sender, from_me AS "fromMe" FROM said WHERE device = $device AND id = $id
     UNION SELECT chat, '', 1 FROM message WHERE device = $device AND (wa_id = $id OR id = $id)`,
  );
  return {
    ...chatsOn(disk, names),
    find: async (device, name) =>
      disk.read(() => {
        const row = only(name, find.get(nameOf(device, name)));
        return row === null ? null : storedOf(row, device, disk.seal);
      }),
    isOurs: async (device, chat, id) =>
      disk.read(
        () =>
          anyOurs.get(device, id) !== null &&
          (chat === null || ours.get({ device, id, chats: JSON.stringify(names(device, chat)) }) !== null),
      ),
    elsewhere: async (device, chat, id) =>
      disk.read(() => {
        const all = places.all({ device, id });
        return all.some((place) => isIn(chat, place, (jid) => names(device, jid))) ? null : (all[0]?.chat ?? null);
      }),
    wire: async (device, name) =>
      disk.read(() => {
        const row = only(name, wire.get(nameOf(device, name)));
        return row === null ? null : openedWire(disk.seal, { device, id: name.id }, row.wire);
      }),
    oldest: async (device, chat) =>
      disk.read(() => {
        const row = oldest.get({ device, chats: JSON.stringify(names(device, chat)) });
        return row === null ? null : storedOf(row, device, disk.seal);
      }),
    ...historyPages(disk, names),
    traces: tracesOn(disk, names),
    erase: eraser(disk, { names, ...erasing }),
  };
}
