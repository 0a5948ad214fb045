import type { Clock } from "../../core/base/clock.ts";
import { day } from "../../core/base/durations.ts";
import { statusChat } from "../../core/model/recipient.ts";
import type { Chat, ChatChange, ChatFilter, ChatQuery, History } from "../../core/ports/history.ts";
import type { Disk } from "../sqlite/disk.ts";
import { among, type NamesOf } from "./names.ts";

const columnOf: Record<keyof ChatChange, string> = {
  name: "name",
  unread: "unread",
  lastAt: "last_at",
  archived: "archived",
  pinned: "pinned",
  mutedUntil: "muted_until",
  markedUnread: "marked_unread",
};

/** Writes the heads of chats; inside somebody's transaction. A person has one, whatever name a message came under. */
export function chatWriter(disk: Disk, names: NamesOf, clock: Clock) {
  const touch = disk.prepare(
    `INSERT INTO chat (device, jid, unread, last_at) VALUES ($device, $chat, $unread, $at)
     ON CONFLICT (device, jid) DO UPDATE SET last_at = max(last_at, $at), marked_unread = 0,
       unread = iif($unread = 0, 0, unread + 1)`,
  );
  const rename = disk.prepare("UPDATE chat SET name = $name WHERE device = $device AND jid = $chat");
  const since = disk.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM said WHERE device = $device AND ${among("chat", "chats")} AND from_me = 0
       AND place > (SELECT max(place) FROM said
         WHERE device = $device AND id = $id AND from_me = 0 AND ${among("chat", "chats")})`,
  );
  const read = disk.prepare(
    "UPDATE chat SET unread = min(unread, $left), marked_unread = 0 WHERE device = $device AND jid = $chat",
  );
  const home = (device: string, jid: string): string => names(device, jid)[0];
  return {
    said: (device: string, chat: string, dated: number, fromMe: boolean): void => {
      // One that its sender dates into the far future would stay on top of the list.
      const at = Math.min(dated, clock.now() + day);
      touch.run({ device, chat: home(device, chat), at, unread: fromMe ? 0 : 1 });
    },
    named: (device: string, chat: string, name: string): void =>
      void rename.run({ device, chat: home(device, chat), name }),
    changed: chatUpdater(disk, home),
    /** Read as far as the message `id`; wholly without one. */
    read: (device: string, jid: string, id: string | null): void => {
      const all = names(device, jid);
      const left = id === null ? 0 : (since.get({ device, chats: JSON.stringify(all), id })?.count ?? 0);
      read.run({ device, chat: all[0], left });
    },
  };
}

function chatUpdater({ db }: Disk, home: (device: string, jid: string) => string) {
  return (device: string, chat: string, change: ChatChange): void => {
    const jid = home(device, chat);
    const given = Object.entries(change).map(([name, value]): [string, string | number | null] => [
      name,
      typeof value === "boolean" ? Number(value) : value,
    ]);
    const sets = given.map(([name]) => `${columnOf[name as keyof ChatChange]} = $${name}`);
    db.query("INSERT OR IGNORE INTO chat (device, jid) VALUES ($device, $jid)").run({ device, jid });
    if (sets.length === 0) return;
    const values = { device, jid, ...Object.fromEntries(given) };
    db.query(`UPDATE chat SET ${sets.join(", ")} WHERE device = $device AND jid = $jid`).run(values);
  };
}

/** Makes one chat of two that turn out to be with the same person; inside somebody's transaction. */
export function chatMerger(disk: Disk): (device: string, from: string, to: string) => void {
  const steps = [
    `INSERT INTO chat (device, jid, name, unread, last_at, archived, pinned, muted_until, marked_unread)
     SELECT device, $to, name, unread, last_at, archived, pinned, muted_until, marked_unread FROM chat
     WHERE device = $device AND jid = $from
     ON CONFLICT (device, jid) DO UPDATE SET name = coalesce(name, excluded.name), unread = unread + excluded.unread,
       last_at = max(last_at, excluded.last_at), pinned = max(pinned, excluded.pinned),
       archived = iif(excluded.last_at > last_at, excluded.archived, archived),
       muted_until = coalesce(muted_until, excluded.muted_until),
       marked_unread = max(marked_unread, excluded.marked_unread)`,
    "DELETE FROM chat WHERE device = $device AND jid = $from",
    "UPDATE OR REPLACE label_use SET chat = $to WHERE device = $device AND chat = $from",
  ].map((sql) => disk.prepare(sql));
  return (device, from, to) => {
    for (const step of steps) step.run({ device, from, to });
  };
}

interface Row extends Omit<Chat, "archived" | "pinned" | "markedUnread" | "labels"> {
  archived: number;
  pinned: number;
  markedUnread: number;
  labels: string;
}

const ofPerson = (column: string) =>
  `(SELECT person.${column} FROM person WHERE person.device = chat.device AND person.jid = chat.jid) AS ${column}`;

/** A chat without a name of its own goes by its contact's, as saved or as they call themselves. */
const name = `coalesce(name, (SELECT coalesce(contact.name, contact.push_name) FROM contact
  WHERE contact.device = chat.device AND contact.jid = chat.jid))`;
const labels = `(SELECT json_group_array(label) FROM label_use
  WHERE label_use.device = chat.device AND label_use.chat = chat.jid AND message = '')`;
const columns = `jid, ${ofPerson("phone")}, ${ofPerson("lid")}, ${ofPerson("username")}, ${name} AS name, unread, last_at AS "lastAt", archived, pinned, muted_until AS "mutedUntil",
  marked_unread AS "markedUnread", ${labels} AS labels`;

const chatOf = (row: Row): Chat => ({
  ...row,
  archived: row.archived === 1,
  pinned: row.pinned === 1,
  markedUnread: row.markedUnread === 1,
  labels: JSON.parse(row.labels),
});

/** What a chat goes by, and what it is: each lets all pass when nothing is asked. */
const meant = `($kind IS NULL OR $kind = CASE WHEN jid = '${statusChat}' THEN 'status' WHEN jid LIKE '%@g.us' THEN 'group'
    WHEN jid LIKE '%@newsletter' THEN 'channel' ELSE 'person' END)
  AND ($archived IS NULL OR archived = $archived)
  AND ($unread IS NULL OR $unread = (unread > 0 OR marked_unread = 1))
  AND ($label IS NULL OR EXISTS (SELECT 1 FROM label_use WHERE label_use.device = chat.device
    AND label_use.chat = chat.jid AND label_use.label = $label AND message = ''))
  AND ($search IS NULL OR instr(lower(coalesce(${name}, '')), $search) OR instr(jid, $search)
    OR instr(coalesce((SELECT person.phone FROM person WHERE person.device = chat.device AND person.jid = chat.jid), ''),
      $search))`;

const flag = (value: boolean | null | undefined): number | null => (value == null ? null : Number(value));

const filterOf = ({ search = null, kind = null, unread, archived, label = null }: ChatFilter) => ({
  search: search?.toLowerCase() ?? null,
  kind,
  unread: flag(unread),
  archived: flag(archived),
  label,
});

export function chatsOn(disk: Disk, names: NamesOf): Pick<History, "chats" | "countChats" | "chat"> {
  const list = disk.prepare<Row>(
    `SELECT ${columns} FROM chat WHERE device = $device AND (pinned, last_at, jid) < ($pinned, $lastAt, $jid)
       AND ${meant} ORDER BY pinned DESC, last_at DESC, jid DESC LIMIT $limit`,
  );
  const count = disk.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM chat WHERE device = $device AND ${meant}`,
  );
  const one = disk.prepare<Row, [string, string]>(`SELECT ${columns} FROM chat WHERE device = ? AND jid = ?`);
  return {
    chats: async (device, { after, limit, ...filter }: ChatQuery) =>
      disk.read(() => {
        const { pinned, lastAt, jid } = after ?? { pinned: true, lastAt: Number.MAX_SAFE_INTEGER, jid: "" };
        const from = { device, limit, pinned: Number(pinned), lastAt, jid };
        return list.all({ ...from, ...filterOf(filter) }).map(chatOf);
      }),
    countChats: async (device, filter) => disk.read(() => count.get({ device, ...filterOf(filter) })?.count ?? 0),
    chat: async (device, jid) =>
      disk.read(() => {
        const row = one.get(device, names(device, jid)[0]);
        return row === null ? null : chatOf(row);
      }),
  };
}
