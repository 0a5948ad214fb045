import type { BrowserSession, BrowserSessions } from "../../core/ports/browser-sessions.ts";
import type { Disk } from "../sqlite/disk.ts";

export function browserSessionsOn(disk: Disk): BrowserSessions {
  const all = disk.prepare<BrowserSession, []>(
    `SELECT hash, key, seal, created_at AS "createdAt", seen_at AS "seenAt" FROM dashboard_session ORDER BY created_at`,
  );
  const put = disk.prepare(
    "INSERT INTO dashboard_session VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at",
  );
  const remove = disk.prepare("DELETE FROM dashboard_session WHERE hash = ?");
  return {
    list: async () => disk.read(() => all.all()),
    put: async ({ hash, key, seal, createdAt, seenAt }) =>
      disk.write(() => void put.run(hash, key, seal, createdAt, seenAt)),
    remove: async (hashes) =>
      disk.write(() => {
        for (const hash of hashes) remove.run(hash);
      }),
  };
}
