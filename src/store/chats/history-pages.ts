import { Failure } from "../../core/base/failure.ts";
import { Slices } from "../../core/base/slices.ts";
import type { History, HistoryQuery, PlacedMessage } from "../../core/ports/history.ts";
import type { Sealing } from "../seal/sealing.ts";
import type { Disk } from "../sqlite/disk.ts";
import type { NamesOf } from "./names.ts";
import { matchFor, shelfOf, wordsToFind } from "./search.ts";
import { storedColumns, storedOf, type StoredRow } from "./stored-row.ts";

/** Pages of what was said, newest first. Each is read from an index that has its order, whatever else the file holds. */
export function historyPages(disk: Disk, names: NamesOf): History["page"] {
  const ofDevice = disk.prepare<StoredRow>(
    `SELECT ${storedColumns} FROM said WHERE device = $device AND place < $before ORDER BY place DESC LIMIT $limit`,
  );
  const ofChat = disk.prepare<StoredRow>(
    `SELECT ${storedColumns} FROM said WHERE device = $device AND chat = $chat AND place < $before
     ORDER BY place DESC LIMIT $limit`,
  );
  const search = searcher(disk);
  return async (device, query) => {
    const chats = query.chat === null ? null : names(device, query.chat);
    if (query.search !== null) {
      if (disk.seal.contents !== null) throw sealedSearch();
      return search(device, query, chats);
    }
    const { limit, before } = query;
    const rest = { device, limit, before: before ?? Number.MAX_SAFE_INTEGER };
    const rows = disk.read(() =>
      chats === null ? ofDevice.all(rest) : chats.flatMap((chat) => ofChat.all({ ...rest, chat })),
    );
    return newestFirst(rows, limit).map((row) => placed(row, device, disk.seal));
  };
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
     ORDER BY said_words.rowid DESC LIMIT $limit`,
  );
  const slices = new Slices();
  return async (device, { search, before, limit }, chats) => {
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
        find.all({ match: matchFor(device, chat, shelf, words), below, chat, limit: limit - found.length }),
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
