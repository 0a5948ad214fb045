import type { Figures } from "../../core/ports/store.ts";
import type { Disk } from "../sqlite/disk.ts";

interface Row {
  messages: number;
  deliveries: number;
  oldest: number | null;
  bytes: number;
}

/** Each count is read off a partial index of what is open, so that the settled millions cost nothing. */
export function figuresOn(disk: Disk): () => Promise<Figures> {
  const counted = disk.prepare<Row, []>(
    `SELECT (SELECT count(*) FROM message WHERE state IN ('queued', 'waiting', 'sending')) AS messages,
       (SELECT count(*) FROM delivery WHERE settled_at IS NULL) AS deliveries,
       (SELECT min(due_at) FROM delivery WHERE stage = 'due') AS oldest,
       (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS bytes`,
  );
  return async () =>
    disk.read(() => {
      const row = counted.get();
      return {
        messagesWaiting: row?.messages ?? 0,
        deliveriesOwed: row?.deliveries ?? 0,
        oldestDueAt: row?.oldest ?? null,
        databaseBytes: row?.bytes ?? 0,
      };
    });
}
