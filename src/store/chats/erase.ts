import { breathe } from "../../core/base/breathe.ts";
import type { History } from "../../core/ports/history.ts";
import type { Disk } from "../sqlite/disk.ts";
import type { NamesOf } from "./names.ts";
import { eventRemover } from "../retention/prune-events.ts";
import { sealedTraces } from "./sealed-traces.ts";
import { sealedDraft } from "../outbox/message-row.ts";
import { amongNames, isOver, plainTraces, type PersonTraces, tracesSlice, wordsNaming } from "./traces.ts";

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
  const traces = disk.seal.contents === null ? plainTraces(disk) : sealedTraces(disk);
  const forget = forgetter(disk, traces);
  const events = eventEraser(disk, traces, ports.due);
  const used = fileUses(disk, traces);
  return async (device, jids) => {
    const names = [...new Set(jids.flatMap((jid) => ports.names(device, jid)))];
    ports.names.changed();
    const { messages, files } = purely(disk, () => forget(device, names));
    for await (const place of places(disk, "said")) {
      const sought = { device, names: JSON.stringify(names) };
      purely(disk, () => traces.stripQuotes(sought, place));
    }
    for await (const place of places(disk, "event")) purely(disk, () => events(device, names, place));
    await ports.forgetFiles(await used(device, files));
    await compact(disk);
    return messages;
  };
}

/** What is deleted is overwritten. */
export function purely<T>(disk: Disk, work: () => T): T {
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
  for (let place = first; place <= last; place += tracesSlice) {
    await breathe();
    yield place;
  }
}

function forgetter(disk: Disk, { files, stripReplies }: PersonTraces) {
  const theirs = `device = $device AND (chat ${amongNames} OR sender ${amongNames})`;
  const said = disk.prepare(`DELETE FROM said WHERE ${theirs}`);
  const traces = [
    `DELETE FROM chat WHERE device = $device AND jid ${amongNames}`,
    `DELETE FROM label_use WHERE device = $device AND (chat ${amongNames} OR author ${amongNames})`,
    `DELETE FROM acquaintance WHERE device = $device AND address ${amongNames}`,
    `DELETE FROM early_change WHERE device = $device AND (chat ${amongNames} OR author ${amongNames})`,
    `DELETE FROM message WHERE device = $device AND chat ${amongNames} AND ${isOver}`,
    // Last: the others look names up in it.
    `DELETE FROM contact WHERE device = $device AND (jid ${amongNames} OR lid ${amongNames})`,
    `DELETE FROM person WHERE device = $device AND jid ${amongNames}`,
    `DELETE FROM person_name WHERE device = $device AND (name ${amongNames} OR person ${amongNames})`,
    `DELETE FROM person_move WHERE device = $device AND (former ${amongNames} OR person ${amongNames})`,
  ].map((sql) => disk.prepare(sql));
  const blank = blanker(disk);
  return (device: string, all: readonly string[]) => {
    const given = { device, names: JSON.stringify(all) };
    const found = files(given);
    const { changes } = said.run(given);
    blank(given);
    for (const trace of traces) trace.run(given);
    stripReplies(given);
    return { messages: changes, files: found };
  };
}

/** A bulk that is not done yet counts its messages: they stay, empty. */
function blanker(disk: Disk): (sought: { device: string; names: string }) => void {
  const rows = disk.prepare<{ waId: string }>(
    `SELECT wa_id AS "waId" FROM message
     WHERE device = $device AND chat ${amongNames} AND ${isOver} AND bulk IN (SELECT id FROM bulk WHERE done_at IS NULL)`,
  );
  const blank = disk.prepare(
    `UPDATE message SET chat = '', content = $content, context = $context, wire = NULL
     WHERE device = $device AND wa_id = $waId`,
  );
  return (sought) => {
    const { device } = sought;
    for (const { waId } of rows.all(sought)) {
      const part = (name: "content" | "context", text: string) => sealedDraft(disk.seal, { device, waId }, name, text);
      const content = part("content", '{"kind":"text","text":""}');
      blank.run({ device, waId, content, context: part("context", "{}") });
    }
  };
}

function eventEraser(disk: Disk, { naming }: PersonTraces, due: () => number) {
  const remove = eventRemover(disk);
  return (device: string, all: readonly string[], place: number) => {
    const found = naming({ device, names: JSON.stringify(all), words: JSON.stringify(wordsNaming(all)) }, place);
    remove(found, { sparing: [], reason: null, due: due(), running: true });
  };
}

/** Which files nothing else names. */
function fileUses(disk: Disk, { filesSaid, filesQueued }: PersonTraces) {
  return async (device: string, files: readonly string[]): Promise<string[]> => {
    const left = new Set(files);
    if (left.size === 0) return [];
    for await (const place of places(disk, "said"))
      for (const id of disk.read(() => filesSaid(device, place))) left.delete(id);
    for (const id of disk.read(() => filesQueued(device))) left.delete(id);
    return [...left];
  };
}

/** The index keeps words of what was deleted until it is rewritten; so does the journal until it is carried over. */
export async function compact(disk: Disk): Promise<void> {
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
