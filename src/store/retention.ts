import type { Retention } from "../core/store.ts";
import type { Disk } from "./disk.ts";

/** Rows a slice removes: a few milliseconds of work. */
const slice = 500;
/** What is live only is worth nothing after this, and QR codes should not lie about. */
const liveKept = 10 * 60_000;
/** Sent messages answer retry receipts and repeated idempotency keys for so long, however short events are kept. */
const messagesKept = 14 * 24 * 3_600_000;
/** Pages given back to the file system after a slice. */
const pages = 256;

export function retentionOn(disk: Disk, pruneMedia: (at: number) => number): Retention {
  const live = disk.prepare<unknown, [number]>(
    `DELETE FROM event WHERE place IN (SELECT place FROM event WHERE seq IS NULL AND device IS NOT NULL AND at < ?
       LIMIT ${slice})`,
  );
  const old = disk.prepare<unknown, [string]>(
    `DELETE FROM event WHERE place IN (SELECT place FROM (SELECT place, id FROM event ORDER BY place LIMIT ${slice})
       WHERE id < ?)`,
  );
  const oldest = disk.prepare<unknown, []>(
    `DELETE FROM event WHERE place IN (SELECT place FROM event ORDER BY place LIMIT ${slice})`,
  );
  const messages = disk.prepare<unknown, [number]>(
    `DELETE FROM message WHERE place IN (SELECT place FROM message WHERE updated_at < ?
       AND state IN ('sent', 'failed', 'cancelled') LIMIT ${slice})`,
  );
  const said = disk.prepare<unknown, [number]>(
    `DELETE FROM said WHERE place IN (SELECT place FROM said WHERE at < ? LIMIT ${slice})`,
  );
  const oldestSaid = disk.prepare<unknown, []>(
    `DELETE FROM said WHERE place IN (SELECT place FROM said ORDER BY place LIMIT ${slice})`,
  );
  const size = disk.prepare<{ bytes: number }, []>(
    `SELECT (page_count - freelist_count) * page_size AS bytes
     FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
  );
  return {
    prune: async ({ now, maxAge, maxBytes, maxHistoryAge = Infinity }) => {
      const tooOld = now - maxAge;
      const works = [
        () => live.run(now - liveKept),
        () => old.run(idAt(tooOld)),
        () => messages.run(now - messagesKept),
        () => said.run(now - maxHistoryAge),
      ];
      let removed = 0;
      for (const work of works) removed += disk.relaxed(() => work().changes);
      removed += pruneMedia(now - maxHistoryAge);
      if ((disk.read(() => size.get()?.bytes) ?? 0) > maxBytes)
        removed += disk.relaxed(() => oldest.run().changes + oldestSaid.run().changes);
      if (removed > 0) disk.read(() => disk.db.run(`PRAGMA incremental_vacuum(${pages})`));
      return removed;
    },
  };
}

/**
 * Below every id of an event written at this moment or later (UUIDv7 begins with its time). An event's own time will
 * not do: what was sent while we were away may be weeks old when it is written.
 */
function idAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
