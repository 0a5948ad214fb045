import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Figures } from "../../core/ports/store.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";
import { owedTo } from "../sqlite/owed.ts";

interface Row {
  messages: number;
  deliveries: number;
  oldest: number | null;
  bytes: number;
  media: number | null;
}

/** How much of the log waits for a target. */
export type Backlog = (target: Target) => Promise<{ count: number; first: number | null }>;

/**
 * Each count is read off a partial index of what is open, and off what lies between a cursor and the end of the log, so
 * that the settled millions cost nothing.
 */
export function figuresOn(disk: Disk, backlog: Backlog): () => Promise<Figures> {
  const counted = disk.prepare<Row, []>(
    `SELECT (SELECT count(*) FROM message WHERE state IN ('queued', 'waiting', 'sending')) AS messages,
       (SELECT count(*) FROM delivery WHERE settled_at IS NULL) AS deliveries,
       (SELECT min(due_at) FROM delivery WHERE stage = 'due') AS oldest,
       (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS bytes,
       (SELECT sum(amount) FROM usage WHERE kind = 'media_bytes') AS media`,
  );
  const nearby = nearbyOn(disk);
  const id = disk.prepare<{ id: string }, [number]>("SELECT id FROM event WHERE place = ?");
  const folder = dirname(disk.file);
  return async () => {
    const [wal, left] = await Promise.all([stat(`${disk.file}-wal`).catch(() => null), statfs(folder)]);
    const row = disk.read(() => counted.get());
    const { owed, first, far } = disk.read(nearby);
    let count = (row?.deliveries ?? 0) + owed;
    const firsts = [first];
    for (const target of far) {
      const behind = await backlog(target);
      count += behind.count;
      firsts.push(behind.first);
    }
    const ids = firsts.flatMap((place) => (place === null ? [] : (disk.read(() => id.get(place)) ?? [])));
    const oldest = Math.min(row?.oldest ?? Infinity, ...ids.map((each) => writtenAt(each.id)));
    return {
      messagesWaiting: row?.messages ?? 0,
      deliveriesOwed: count,
      oldestDueAt: oldest === Infinity ? null : oldest,
      databaseBytes: (row?.bytes ?? 0) + (wal?.size ?? 0),
      mediaBytes: row?.media ?? 0,
      diskFreeBytes: left.bavail * left.bsize,
    };
  };
}

/** Places behind which a cursor is looked at by itself. */
const near = 2_000;

/** What is owed close to the end of the log, to all targets in one look, and those whose cursor is further away. */
function nearbyOn(disk: Disk): () => { owed: number; first: number | null; far: Target[] } {
  const behind = disk.prepare<{ target: Target; place: number; lag: number }, []>(
    `SELECT target, place, seq - place AS lag FROM cursor, sqlite_sequence WHERE name = 'event' AND place < seq`,
  );
  const events = disk.prepare<{ place: number; owed: string }, [number]>(
    "SELECT place, owed FROM event WHERE place > ? AND owed IS NOT NULL ORDER BY place",
  );
  const rows = disk.prepare<{ event: number; target: Target }, [number]>(
    "SELECT event, target FROM delivery WHERE event > ?",
  );
  return () => {
    const all = behind.all();
    const cursors = new Map(all.filter(({ lag }) => lag <= near).map(({ target, place }) => [target, place]));
    const far = all.filter(({ lag }) => lag > near).map(({ target }) => target);
    if (cursors.size === 0) return { owed: 0, first: null, far };
    const from = Math.min(...cursors.values());
    const known = new Set(rows.all(from).map(({ event, target }) => `${event} ${target}`));
    const waiting = events.all(from).flatMap(({ place, owed }) =>
      owedTo(owed)
        .filter((target) => place > (cursors.get(target) ?? Infinity) && !known.has(`${place} ${target}`))
        .map(() => place),
    );
    return { owed: waiting.length, first: waiting[0] ?? null, far };
  };
}

/** UUIDv7 begins with the moment it was made, in milliseconds: what an event tells may have happened long before. */
const writtenAt = (id: string): number => parseInt(id.replace("-", "").slice(0, 12), 16);
