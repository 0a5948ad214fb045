import { Failure } from "../../core/base/failure.ts";
import { Slices } from "../../core/base/slices.ts";
import type { History, HistoryFilter, HistoryQuery, PlacedMessage } from "../../core/ports/history.ts";
import type { Sealing } from "../seal/sealing.ts";
import type { Disk } from "../sqlite/disk.ts";
import { walk, windowRows } from "../sqlite/walk.ts";
import type { NamesOf } from "./names.ts";
import { matchFor, shelfOf, wordsToFind } from "./search.ts";
import { openedSaid, storedColumns, storedOf, type StoredRow } from "./stored-row.ts";

/** Pages of what was said. Each is read from an index that has its order, whatever else the file holds. */
export function historyPages(disk: Disk, names: NamesOf): Pick<History, "page" | "count" | "withId"> {
  const ofDevice = disk.prepare<StoredRow>(
    `SELECT ${storedColumns} FROM said WHERE device = $device AND place < $before ORDER BY place DESC LIMIT $limit`,
  );
  const ofChat = disk.prepare<StoredRow>(
    `SELECT ${storedColumns} FROM said WHERE device = $device AND chat = $chat AND place < $before
     ORDER BY place DESC LIMIT $limit`,
  );
  const withId = disk.prepare<StoredRow>(
    `SELECT ${storedColumns} FROM said WHERE device = $device AND id = $id ORDER BY place LIMIT 100`,
  );
  const search = searcher(disk);
  const filtered = filter(disk);
  return {
    page: async (device, query) => {
      const chats = query.chat === null ? null : names(device, query.chat);
      if (query.search !== null) {
        if (disk.seal.contents !== null) throw sealedSearch();
        return search(device, query, chats);
      }
      const { limit, before, oldestFirst = false } = query;
      if (oldestFirst || isFilter(query)) return filtered.page(device, query, chats);
      const rest = { device, limit, before: before ?? Number.MAX_SAFE_INTEGER };
      const rows = disk.read(() =>
        chats === null ? ofDevice.all(rest) : chats.flatMap((chat) => ofChat.all({ ...rest, chat })),
      );
      return newestFirst(rows, limit).map((row) => placed(row, device, disk.seal));
    },
    withId: async (device, id) =>
      disk.read(() => withId.all({ device, id }).map((row) => storedOf(row, device, disk.seal))),
    count: (device, query) => filtered.count(device, query, query.chat === null ? null : names(device, query.chat)),
  };
}

const isFilter = ({ kinds = null, fromMe = null, since, until }: HistoryFilter): boolean =>
  kinds !== null || fromMe !== null || since !== undefined || until !== undefined;

type Chats = readonly string[] | null;

/** What no index tells apart: who said it, when, of which kind. Kinds are looked at here, where content is open. */
function filter(disk: Disk) {
  const among = "($fromMe IS NULL OR said.from_me = $fromMe) AND said.at BETWEEN $since AND $until";
  const prepared = (where: string, order: "ASC" | "DESC") => {
    const [behind, far, within] = order === "DESC" ? ["<", "min", ">="] : [">", "max", "<="];
    return {
      edge: disk.prepare<{ place: number | null }>(
        `SELECT ${far}(place) AS place FROM (SELECT place FROM said WHERE ${where} AND place ${behind} $from
           ORDER BY place ${order} LIMIT ${windowRows})`,
      ),
      rows: disk.prepare<StoredRow>(
        `SELECT ${storedColumns} FROM said WHERE ${where} AND place ${behind} $from AND place ${within} $edge AND ${among}
         ORDER BY place ${order}`,
      ),
    };
  };
  const [device, chat] = ["device = $device", "device = $device AND chat = $chat"];
  const looks = {
    DESC: { device: prepared(device, "DESC"), chat: prepared(chat, "DESC") },
    ASC: { device: prepared(device, "ASC"), chat: prepared(chat, "ASC") },
  };
  const slices = new Slices();
  /** Each of the chats by itself, in the order of places. */
  const each = async (uid: string, query: HistoryFilter, chats: Chats, order: Order, take: Taking): Promise<void> => {
    const { since = 0, until = Number.MAX_SAFE_INTEGER, kinds = null, fromMe = null } = query;
    const given = { device: uid, since, until, fromMe: fromMe === null ? null : Number(fromMe) };
    for (const name of chats ?? [null]) {
      const { edge, rows } = looks[order.sort][name === null ? "device" : "chat"];
      const place = name === null ? { device: uid } : { device: uid, chat: name };
      await walk<StoredRow>(disk, slices, {
        owner: uid,
        from: order.from,
        edge: (from) => edge.get({ ...place, from })?.place ?? null,
        rows: (from, end) => rows.all({ ...given, ...place, from, edge: end }),
        take: (row) => (kinds !== null && !kinds.includes(kindOf(row, uid, disk.seal)) ? true : take(row, name)),
      });
    }
  };
  return {
    page: async (uid: string, query: HistoryQuery, chats: Chats): Promise<PlacedMessage[]> => {
      const { limit, before, oldestFirst = false } = query;
      const order = oldestFirst
        ? ({ sort: "ASC", from: before ?? -1 } as const)
        : ({ sort: "DESC", from: before ?? Number.MAX_SAFE_INTEGER } as const);
      const found = new Map<string | null, StoredRow[]>();
      await each(uid, query, chats, order, (row, name) => {
        const rows = found.get(name) ?? [];
        found.set(name, rows);
        return rows.push(row) < limit;
      });
      const rows = newestFirst([...found.values()].flat(), Number.MAX_SAFE_INTEGER);
      return (oldestFirst ? rows.toReversed() : rows).slice(0, limit).map((row) => placed(row, uid, disk.seal));
    },
    count: async (uid: string, query: HistoryFilter, chats: Chats): Promise<number> => {
      let count = 0;
      const order = { sort: "DESC", from: Number.MAX_SAFE_INTEGER } as const;
      await each(uid, query, chats, order, () => (count += 1) > 0);
      return count;
    },
  };
}

interface Order {
  readonly sort: "ASC" | "DESC";
  /** Behind which place. */
  readonly from: number;
}

/** Hears of each message with the chat it was looked for in; false ends that chat. */
type Taking = (row: StoredRow, chat: string | null) => boolean;

function kindOf({ id, content }: StoredRow, device: string, seal: Sealing): string {
  return (JSON.parse(openedSaid(seal, "content", { device, id }, content)) as { kind: string }).kind;
}

const sealedSearch = (): Failure =>
  new Failure(
    "conflict",
    "What was said is sealed here (merpati seal status), so it cannot be searched. Leave out search.",
    {
      field: "search",
    },
  );

type Search = (device: string, query: HistoryQuery, chats: readonly string[] | null) => Promise<PlacedMessage[]>;

/** Looks through the index shelf by shelf, from the newest on: a step is a few milliseconds' work at most. */
function searcher(disk: Disk): Search {
  const last = disk.prepare<{ place: number | null }>(
    "SELECT max(place) AS place FROM said WHERE device = $device AND place < $below",
  );
  const lastOf = disk.prepare<{ place: number | null }>(
    "SELECT max(place) AS place FROM said WHERE device = $device AND chat = $chat AND place < $below",
  );
  const find = disk.prepare<StoredRow>(
    `SELECT ${storedColumns} FROM said_words CROSS JOIN said ON said.place = said_words.rowid
     WHERE said_words MATCH $match AND said_words.rowid < $below AND ($chat IS NULL OR said.chat = $chat)
       AND ($fromMe IS NULL OR said.from_me = $fromMe) AND said.at BETWEEN $since AND $until
       AND ($kinds IS NULL OR json_extract(said.content, '$.kind') IN (SELECT value FROM json_each($kinds)))
     ORDER BY said_words.rowid DESC LIMIT $limit`,
  );
  const slices = new Slices();
  return async (device, { search, before, limit, ...query }, chats) => {
    const { since = 0, until = Number.MAX_SAFE_INTEGER, kinds = null, fromMe = null } = query;
    const filter = {
      since,
      until,
      kinds: kinds && JSON.stringify(kinds),
      fromMe: fromMe === null ? null : Number(fromMe),
    };
    const words = wordsToFind(search ?? "");
    const found: StoredRow[] = [];
    let below = before ?? Number.MAX_SAFE_INTEGER;
    const step = (): "more" | "done" => {
      const newest = (chats ?? [null]).map((chat) =>
        chat === null ? last.get({ device, below }) : lastOf.get({ device, chat, below }),
      );
      const place = Math.max(...newest.map((each) => each?.place ?? -1));
      if (place < 0) return "done";
      const shelf = shelfOf(place);
      const rows = (chats ?? [null]).flatMap((chat) =>
        find.all({ ...filter, match: matchFor(device, chat, shelf, words), below, chat, limit: limit - found.length }),
      );
      found.push(...newestFirst(rows, limit - found.length));
      below = shelf;
      return found.length < limit ? "more" : "done";
    };
    if (words.length > 0 && limit > 0) await slices.run(device, () => disk.read(step));
    return found.map((row) => placed(row, device, disk.seal));
  };
}

const newestFirst = (rows: StoredRow[], limit: number): StoredRow[] =>
  rows.toSorted((a, b) => b.place - a.place).slice(0, limit);

const placed = (row: StoredRow, device: string, seal: Sealing): PlacedMessage => ({
  place: row.place,
  message: storedOf(row, device, seal),
});
