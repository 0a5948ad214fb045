import type { Figures } from "../../core/ports/store.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";

interface Row {
  messages: number;
  deliveries: number;
  oldest: number | null;
  bytes: number;
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
       (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS bytes`,
  );
  const behind = disk.prepare<{ target: Target }, []>(
    "SELECT target FROM cursor WHERE place < (SELECT seq FROM sqlite_sequence WHERE name = 'event')",
  );
  const at = disk.prepare<{ at: number }, [number]>("SELECT at FROM event WHERE place = ?");
  return async () => {
    const row = disk.read(() => counted.get());
    let [owed, oldest] = [row?.deliveries ?? 0, row?.oldest ?? Infinity];
    for (const { target } of disk.read(() => behind.all())) {
      const { count, first } = await backlog(target);
      owed += count;
      if (first !== null) oldest = Math.min(oldest, disk.read(() => at.get(first))?.at ?? Infinity);
    }
    return {
      messagesWaiting: row?.messages ?? 0,
      deliveriesOwed: owed,
      oldestDueAt: oldest === Infinity ? null : oldest,
      databaseBytes: row?.bytes ?? 0,
    };
  };
}
