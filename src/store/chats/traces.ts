import type { Disk } from "../sqlite/disk.ts";

/** Rows looked at in one go. */
export const tracesSlice = 2_000;

/** A person, by all their names: a JSON list of JIDs. */
export interface Sought {
  device: string;
  names: string;
}

/** Where a person is spoken of within what is kept as JSON. Each works inside somebody's transaction. */
export interface PersonTraces {
  /** Files of what they said, or were told in their chat. */
  readonly files: (sought: Sought) => string[];
  /** Quotes of them in what was sent. */
  readonly stripReplies: (sought: Sought) => void;
  /** Quotes of them in what others said, of a slice of the history. */
  readonly stripQuotes: (sought: Sought, place: number) => void;
  /** Events of a slice of the log that name them. `words`: a JSON list of what their names look like in JSON. */
  readonly naming: (sought: Sought & { words: string }, place: number) => number[];
  /** Files that a slice of the history names. */
  readonly filesSaid: (device: string, place: number) => string[];
  /** Files that wait to be sent. */
  readonly filesQueued: (device: string) => string[];
}

/** What a person's names look like in JSON: a number or JID of its own, not within another number or a text. */
export const wordsNaming = (jids: readonly string[]): string[] =>
  jids.flatMap((jid) => {
    const [user = jid] = jid.split("@");
    return [`"${user}"`, `"${user}@`];
  });

export const amongNames = "IN (SELECT value FROM json_each($names))";
export const isOver = "state IN ('sent', 'failed', 'cancelled')";

/** Where nothing is sealed SQLite looks into it. */
export function plainTraces(disk: Disk): PersonTraces {
  const ofThem = disk.prepare<{ id: string }>(
    `SELECT DISTINCT json_extract(content, '$.media_id') AS id FROM said
     WHERE device = $device AND (chat ${amongNames} OR sender ${amongNames})
       AND json_extract(content, '$.media_id') IS NOT NULL`,
  );
  const replies = disk.prepare(
    `UPDATE message SET context = json_remove(context, '$.reply_to'), wire = NULL WHERE device = $device AND ${isOver}
       AND json_extract(context, '$.reply_to.sender') ${amongNames}`,
  );
  const quotes = disk.prepare(
    `UPDATE said SET wire = x'', context = json_remove(context, '$.reply_to')
     WHERE place >= $place AND place < $place + ${tracesSlice} AND device = $device AND instr(context, '"reply_to"')
       AND json_extract(context, '$.reply_to.sender') ${amongNames}`,
  );
  const events = disk.prepare<{ place: number }>(
    `SELECT place FROM event WHERE place >= $place AND place < $place + ${tracesSlice} AND device = $device
       AND (chat ${amongNames} OR EXISTS (SELECT 1 FROM json_each($words) AS word WHERE instr(data, word.value)))`,
  );
  const said = disk.prepare<{ id: string }>(
    `SELECT json_extract(content, '$.media_id') AS id FROM said
     WHERE place >= $place AND place < $place + ${tracesSlice} AND device = $device AND instr(content, '"media_id"')`,
  );
  const queued = disk.prepare<{ id: string | null }>(
    `SELECT json_extract(content, '$.media_id') AS id FROM message
     WHERE device = $device AND state IN ('queued', 'waiting', 'sending')
     UNION SELECT json_extract(content, '$.media_id') FROM bulk WHERE device = $device AND done_at IS NULL`,
  );
  return {
    files: (sought) => ofThem.all({ ...sought }).map(({ id }) => id),
    stripReplies: (sought) => void replies.run({ ...sought }),
    stripQuotes: (sought, place) => void quotes.run({ ...sought, place }),
    naming: (sought, place) => events.all({ ...sought, place }).map((row) => row.place),
    filesSaid: (device, place) => said.all({ device, place }).map(({ id }) => id),
    filesQueued: (device) => queued.all({ device }).flatMap(({ id }) => id ?? []),
  };
}
