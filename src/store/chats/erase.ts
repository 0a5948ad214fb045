import { breathe } from "../../core/base/breathe.ts";
import type { History } from "../../core/ports/history.ts";
import type { Disk } from "../sqlite/disk.ts";
import type { NamesOf } from "./names.ts";
import { eventRemover } from "../retention/prune-events.ts";

/** Rows looked at between two breaths. */
const slice = 2_000;
/** Pages of the search's index rewritten between two breaths. */
const pages = 500;

export interface ErasePorts {
  names: NamesOf;
  /** Removes files and the bytes that nothing names any more. */
  forgetFiles: (ids: readonly string[]) => Promise<void>;
  /** When what waited behind an event that goes falls due. */
  due: () => number;
}

/**
 * Forgets a person: what they said, wherever; what they were told in the chat with them; who they are; every event that
 * names them, owed or not; what others quoted of them. Nothing of it can be read in the file afterwards. It takes the
 * time that reading the whole history takes, in slices, so that nobody waits for it.
 */
export function eraser(disk: Disk, ports: ErasePorts): History["erase"] {
  const forget = forgetter(disk);
  const events = eventEraser(disk, ports.due);
  const quotes = quoteEraser(disk);
  const used = fileUses(disk);
  return async (device, jids) => {
    const names = [...new Set(jids.flatMap((jid) => ports.names(device, jid)))];
    ports.names.changed();
    const { messages, files } = purely(disk, () => forget(device, names));
    for await (const place of places(disk, "said")) purely(disk, () => quotes(device, names, place));
    for await (const place of places(disk, "event")) purely(disk, () => events(device, names, place));
    await ports.forgetFiles(await used(device, files));
    await compact(disk);
    return messages;
  };
}

/** What is deleted is overwritten. */
function purely<T>(disk: Disk, work: () => T): T {
  disk.db.run("PRAGMA secure_delete = ON");
  try {
    return disk.relaxed(work);
  } finally {
    disk.db.run("PRAGMA secure_delete = FAST");
  }
}

/** The beginnings of the slices of a table, with a breath before each. */
async function* places(disk: Disk, table: "said" | "event"): AsyncGenerator<number> {
  const ends = disk.db.query<{ first: number | null; last: number | null }, []>(
    `SELECT min(place) AS first, max(place) AS last FROM ${table}`,
  );
  const { first, last } = ends.get() ?? { first: null, last: null };
  if (first === null || last === null) return;
  for (let place = first; place <= last; place += slice) {
    await breathe();
    yield place;
  }
}

const among = "IN (SELECT value FROM json_each($names))";

function forgetter(disk: Disk) {
  const theirs = `device = $device AND (chat ${among} OR sender ${among})`;
  const files = disk.prepare<{ id: string }>(
    `SELECT DISTINCT json_extract(content, '$.media_id') AS id FROM said
     WHERE ${theirs} AND json_extract(content, '$.media_id') IS NOT NULL`,
  );
  const said = disk.prepare(`DELETE FROM said WHERE ${theirs}`);
  const over = "state IN ('sent', 'failed', 'cancelled')";
  const traces = [
    `DELETE FROM chat WHERE device = $device AND jid ${among}`,
    `DELETE FROM label_use WHERE device = $device AND chat ${among}`,
    `DELETE FROM acquaintance WHERE device = $device AND address ${among}`,
    `DELETE FROM early_change WHERE device = $device AND (chat ${among} OR author ${among})`,
    // A bulk that is not done yet counts its messages.
    `UPDATE message SET chat = '', content = '{"kind":"text","text":""}', context = '{}', wire = NULL
     WHERE device = $device AND chat ${among} AND ${over} AND bulk IN (SELECT id FROM bulk WHERE done_at IS NULL)`,
    `DELETE FROM message WHERE device = $device AND chat ${among} AND ${over}`,
    `UPDATE message SET context = json_remove(context, '$.reply_to'), wire = NULL WHERE device = $device AND ${over}
       AND json_extract(context, '$.reply_to.sender') ${among}`,
    // Last: the others look names up in it.
    `DELETE FROM contact WHERE device = $device AND (jid ${among} OR lid ${among})`,
    `DELETE FROM person WHERE device = $device AND jid ${among}`,
    `DELETE FROM person_name WHERE device = $device AND (name ${among} OR person ${among})`,
    `DELETE FROM person_move WHERE device = $device AND (former ${among} OR person ${among})`,
  ].map((sql) => disk.prepare(sql));
  return (device: string, all: readonly string[]) => {
    const given = { device, names: JSON.stringify(all) };
    const found = files.all(given).map(({ id }) => id);
    const { changes } = said.run(given);
    for (const trace of traces) trace.run(given);
    return { messages: changes, files: found };
  };
}

/** What others quoted: their own words stay. */
function quoteEraser(disk: Disk) {
  const strip = disk.prepare(
    `UPDATE said SET wire = x'', context = json_remove(context, '$.reply_to')
     WHERE place >= $place AND place < $place + ${slice} AND device = $device AND instr(context, '"reply_to"')
       AND json_extract(context, '$.reply_to.sender') ${among}`,
  );
  return (device: string, all: readonly string[], place: number) =>
    strip.run({ device, place, names: JSON.stringify(all) });
}

function eventEraser(disk: Disk, due: () => number) {
  const naming = disk.prepare<{ place: number }>(
    `SELECT place FROM event WHERE place >= $place AND place < $place + ${slice} AND device = $device
       AND (chat ${among} OR EXISTS (SELECT 1 FROM json_each($words) AS word WHERE instr(data, word.value)))`,
  );
  const remove = eventRemover(disk);
  return (device: string, all: readonly string[], place: number) => {
    // As they stand in JSON: a number or JID of its own, not within another number or a text.
    const words = all.flatMap((jid) => {
      const [user = jid] = jid.split("@");
      return [`"${user}"`, `"${user}@`];
    });
    const given = { device, place, names: JSON.stringify(all), words: JSON.stringify(words) };
    const found = naming.all(given).map((row) => row.place);
    remove(found, { sparing: [], reason: null, due: due(), running: true });
  };
}

/** Which files nothing else names. */
function fileUses(disk: Disk) {
  const said = disk.prepare<{ id: string }>(
    `SELECT json_extract(content, '$.media_id') AS id FROM said
     WHERE place >= $place AND place < $place + ${slice} AND device = $device AND instr(content, '"media_id"')`,
  );
  const queued = disk.prepare<{ id: string }>(
    `SELECT json_extract(content, '$.media_id') AS id FROM message
     WHERE device = $device AND state IN ('queued', 'waiting', 'sending')
     UNION SELECT json_extract(content, '$.media_id') FROM bulk WHERE device = $device AND done_at IS NULL`,
  );
  return async (device: string, files: readonly string[]): Promise<string[]> => {
    const left = new Set(files);
    if (left.size === 0) return [];
    for await (const place of places(disk, "said"))
      for (const { id } of disk.read(() => said.all({ device, place }))) left.delete(id);
    for (const { id } of disk.read(() => queued.all({ device }))) left.delete(id);
    return [...left];
  };
}

/** The index keeps words of what was deleted until it is rewritten; so does the journal until it is carried over. */
async function compact(disk: Disk): Promise<void> {
  const merge = (rank: number): number =>
    purely(disk, () => {
      const changes = () => disk.db.query<{ n: number }, []>("SELECT total_changes() AS n").get()?.n ?? 0;
      const before = changes();
      disk.db.query("INSERT INTO said_words (said_words, rank) VALUES ('merge', $rank)").run({ rank });
      return changes() - before;
    });
  // As SQLite's documents say: begun with a negative number, over when a step changes less than two rows.
  for (let changed = merge(-pages); changed >= 2; changed = merge(pages)) await breathe();
  await disk.emptied();
}
