import type { SQLQueryBindings } from "bun:sqlite";
import { type Content, isMedia } from "../core/content.ts";
import type {
  Chat,
  ChatChange,
  History,
  HistoryChange,
  NewSaid,
  PlacedSaid,
  Said,
  SaidQuery,
} from "../core/history.ts";
import type { Disk } from "./disk.ts";

interface Row {
  place: number;
  id: string;
  chat: string;
  sender: string;
  fromMe: number;
  pushName: string | null;
  at: number;
  content: string;
  context: string;
  editedAt: number | null;
  deletedAt: number | null;
  starred: number;
  serverId: number | null;
}

const columns = `said.place, said.id, said.chat, said.sender, said.from_me AS "fromMe", said.push_name AS "pushName",
  said.at, said.content, said.context, said.edited_at AS "editedAt", said.deleted_at AS "deletedAt", said.starred,
  said.server_id AS "serverId"`;

/** One chat of two may be addressed by number and by LID; a group has one name, and no message of it is another's. */
const inChat = `(chat = $chat OR (chat NOT LIKE '%@g.us' AND $chat NOT LIKE '%@g.us'))`;

function saidOf(row: Row): Said {
  const { id, chat, sender, pushName, at, editedAt, deletedAt, serverId } = row;
  return {
    id,
    chat,
    sender,
    pushName,
    at,
    editedAt,
    deletedAt,
    serverId,
    fromMe: row.fromMe === 1,
    starred: row.starred === 1,
    content: JSON.parse(row.content),
    context: JSON.parse(row.context),
  };
}

/** What a message is found by: its words, the names in it. */
function wordsOf(content: Content): string {
  if (isMedia(content)) {
    return [("caption" in content && content.caption) || "", ("name" in content && content.name) || ""]
      .join(" ")
      .trim();
  }
  switch (content.kind) {
    case "text":
      return content.text;
    case "poll":
      return [content.question, ...content.options].join(" ");
    case "event":
      return [content.name, content.description ?? ""].join(" ").trim();
    case "contacts":
      return content.contacts.map(({ name }) => name).join(" ");
    case "location":
      return [content.name ?? "", content.address ?? ""].join(" ").trim();
    case "menu":
    case "choice":
      return content.text;
    default:
      return "";
  }
}

/** Writes what happened in the chats of a device; inside somebody's transaction. */
export function historyWriter(disk: Disk): (device: string, change: HistoryChange) => void {
  const add = disk.prepare(
    `INSERT INTO said (device, chat, id, sender, from_me, push_name, at, content, context, words, wire, server_id)
     VALUES ($device, $chat, $id, $sender, $fromMe, $pushName, $at, $content, $context, $words, $wire, $serverId)
     ON CONFLICT (device, id, chat, sender) DO NOTHING`,
  );
  const touch = disk.prepare(
    `INSERT INTO chat (device, jid, unread, last_at) VALUES ($device, $chat, $unread, $at)
     ON CONFLICT (device, jid) DO UPDATE SET last_at = max(last_at, $at), marked_unread = 0,
       unread = iif($unread = 0, 0, unread + 1)`,
  );
  const edit = disk.prepare(
    `UPDATE said SET content = $content, words = $words, edited_at = $at WHERE device = $device AND id = $id AND ${inChat}`,
  );
  // The words go with the message: who takes one back does not want it found.
  const remove = disk.prepare(
    `UPDATE said SET deleted_at = $at, words = '' WHERE device = $device AND id = $id AND ${inChat}`,
  );
  const drop = disk.prepare(`DELETE FROM said WHERE device = $device AND id = $id AND ${inChat}`);
  const star = disk.prepare(`UPDATE said SET starred = $starred WHERE device = $device AND id = $id AND ${inChat}`);
  const read = disk.prepare("UPDATE chat SET unread = 0, marked_unread = 0 WHERE device = $device AND jid = $chat");
  const number = disk.prepare(
    `UPDATE said SET server_id = $serverId WHERE device = $device AND id = $id AND chat = $chat`,
  );
  const say = (device: string, { wire, content, context, fromMe, serverId = null, ...said }: NewSaid, old = false) => {
    const words = wordsOf(content);
    const text = { content: JSON.stringify(content), context: JSON.stringify(context), words };
    const { changes } = add.run({ device, ...said, ...text, wire, fromMe: fromMe ? 1 : 0, serverId });
    if (changes > 0 && !old) touch.run({ device, chat: said.chat, at: said.at, unread: fromMe ? 0 : 1 });
  };
  const update = chatUpdater(disk);
  const rename = disk.prepare("UPDATE chat SET name = $name WHERE device = $device AND jid = $chat");
  return (device, change) => {
    switch (change.type) {
      case "said":
        return say(device, change.said, change.old);
      case "chat":
        return update(device, change.chat, change.change);
      case "named":
        return void rename.run({ device, chat: change.chat, name: change.name });
      case "edited": {
        const { type: _, content, ...where } = change;
        return void edit.run({ device, ...where, content: JSON.stringify(content), words: wordsOf(content) });
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
      default:
        return void read.run({ device, chat: change.chat });
    }
  };
}

const chatNames: Record<keyof ChatChange, string> = {
  name: "name",
  unread: "unread",
  lastAt: "last_at",
  archived: "archived",
  pinned: "pinned",
  mutedUntil: "muted_until",
  markedUnread: "marked_unread",
};

function chatUpdater({ db }: Disk): (device: string, jid: string, change: ChatChange) => void {
  return (device, jid, change) => {
    const given = Object.entries(change).map(([name, value]): [string, string | number | null] => [
      name,
      typeof value === "boolean" ? Number(value) : value,
    ]);
    const sets = given.map(([name]) => `${chatNames[name as keyof ChatChange]} = $${name}`);
    db.query("INSERT OR IGNORE INTO chat (device, jid) VALUES ($device, $jid)").run({ device, jid });
    if (sets.length === 0) return;
    const values = { device, jid, ...Object.fromEntries(given) };
    db.query(`UPDATE chat SET ${sets.join(", ")} WHERE device = $device AND jid = $jid`).run(values);
  };
}

/** `forgetFiles` removes files that nothing names any more. */
export function historyOn(disk: Disk, forgetFiles: (ids: readonly string[]) => Promise<void>): History {
  const one = <T>(what: string) =>
    disk.prepare<T>(
      `SELECT ${what} FROM said WHERE device = $device AND id = $id AND ${inChat} ORDER BY chat = $chat DESC LIMIT 1`,
    );
  const find = one<Row>(columns);
  const wire = one<{ wire: Uint8Array }>("wire");
  const erase = disk.prepare("DELETE FROM said WHERE device = $device AND (chat = $jid OR sender = $jid)");
  const filesOf = disk.prepare<{ id: string }>(
    `SELECT json_extract(content, '$.media_id') AS id FROM said
     WHERE device = $device AND (chat = $jid OR sender = $jid) AND json_extract(content, '$.media_id') IS NOT NULL`,
  );
  const traces = [
    "DELETE FROM chat WHERE device = $device AND jid = $jid",
    "DELETE FROM contact WHERE device = $device AND (jid = $jid OR lid = $jid)",
    "DELETE FROM message WHERE device = $device AND chat = $jid AND state IN ('sent', 'failed', 'cancelled')",
  ].map((sql) => disk.prepare(sql));
  return {
    ...chatsOn(disk),
    find: async (device, chat, id) =>
      disk.read(() => {
        const row = find.get({ device, chat, id });
        return row === null ? null : saidOf(row);
      }),
    wire: async (device, chat, id) => disk.read(() => wire.get({ device, chat, id })?.wire ?? null),
    page: async (device, query) => disk.read(() => pageOf(disk, device, query)),
    erase: async (device, jids) => {
      const files: string[] = [];
      const gone = await disk.write(() =>
        jids.reduce((sum, jid) => {
          files.push(...filesOf.all({ device, jid }).map(({ id }) => id));
          for (const statement of traces) statement.run({ device, jid });
          return sum + erase.run({ device, jid }).changes;
        }, 0),
      );
      await forgetFiles(files);
      return gone;
    },
  };
}

function pageOf({ db }: Disk, device: string, { chat, search, before, limit }: SaidQuery): PlacedSaid[] {
  const match = search === null ? null : asMatch(search);
  if (match === "") return [];
  const where = [
    "said.device = $device",
    chat === null ? "" : "said.chat = $chat",
    before === null ? "" : "said.place < $before",
    match === null ? "" : "said_words MATCH $match",
  ].filter((part) => part !== "");
  const given: [string, string | number | null][] = [
    ["chat", chat],
    ["before", before],
    ["match", match],
  ];
  const source = match === null ? "said" : "said_words JOIN said ON said.place = said_words.rowid";
  const rows = db
    .query<Row, SQLQueryBindings[]>(
      `SELECT ${columns} FROM ${source} WHERE ${where.join(" AND ")} ORDER BY said.place DESC LIMIT $limit`,
    )
    .all({ device, limit, ...Object.fromEntries(given.filter(([, value]) => value !== null)) });
  return rows.map((row) => ({ place: row.place, said: saidOf(row) }));
}

/** What somebody typed as a query that finds all of its words: each quoted, so that none of it is syntax. */
function asMatch(search: string): string {
  const words = search.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map((word, place) => `"${word}"${place === words.length - 1 ? "*" : ""}`).join(" ");
}

interface ChatRow extends Omit<Chat, "archived" | "pinned" | "markedUnread"> {
  archived: number;
  pinned: number;
  markedUnread: number;
}

/** A chat without a name of its own goes by its contact's, as saved or as they call themselves. */
const chatName = `coalesce(name, (SELECT coalesce(contact.name, contact.push_name) FROM contact
  WHERE contact.device = chat.device AND (contact.jid = chat.jid OR contact.lid = chat.jid)))`;
const chatColumns = `jid, ${chatName} AS name, unread, last_at AS "lastAt", archived, pinned, muted_until AS "mutedUntil",
  marked_unread AS "markedUnread"`;

const chatOf = (row: ChatRow): Chat => ({
  ...row,
  archived: row.archived === 1,
  pinned: row.pinned === 1,
  markedUnread: row.markedUnread === 1,
});

function chatsOn(disk: Disk): Pick<History, "chats" | "chat"> {
  const list = disk.prepare<ChatRow>(
    `SELECT ${chatColumns} FROM chat WHERE device = $device AND last_at < $before
     ORDER BY pinned DESC, last_at DESC LIMIT $limit`,
  );
  const one = disk.prepare<ChatRow, [string, string]>(`SELECT ${chatColumns} FROM chat WHERE device = ? AND jid = ?`);
  return {
    chats: async (device, { before, limit }) =>
      disk.read(() => list.all({ device, before: before ?? Number.MAX_SAFE_INTEGER, limit }).map(chatOf)),
    chat: async (device, jid) =>
      disk.read(() => {
        const row = one.get(device, jid);
        return row === null ? null : chatOf(row);
      }),
  };
}
