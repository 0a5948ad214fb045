import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { Audit, AuditEntry, NewAuditEntry } from "../../core/ports/audit.ts";
import type { Disk } from "../sqlite/disk.ts";

/** An entry that the same act makes longer. */
interface Open {
  id: string;
  at: number;
  lastAt: number;
  count: number;
  written: number;
}

/** The same act by the same caller within it is one entry, milliseconds. */
const foldMs = 3_600_000;
/** So many entries are open; of others the next makes a new one. */
const mostOpen = 1_000;

/** The audit log. Repeated acts are counted in memory and written when the count has doubled, or when somebody reads. */
export function auditOn(disk: Disk): Audit {
  const insert = disk.prepare(
    "INSERT INTO audit (id, at, tenant, actor, address, action, subject) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const repeat = disk.prepare("UPDATE audit SET count = ?, last_at = ? WHERE id = ?");
  const open = new Map<string, Open>();
  const put = (entry: Open): void => {
    repeat.run(entry.count, entry.lastAt, entry.id);
    entry.written = entry.count;
  };
  const flush = (): void => {
    const behind = [...open.values()].filter(({ count, written }) => count > written);
    if (behind.length > 0) disk.relaxed(() => behind.forEach(put));
  };
  return {
    flush: async () => flush(),
    record: async (entry) => {
      const { id, at, tenant, actor, address, action, subject } = entry;
      const name = nameOf(entry);
      const known = open.get(name);
      if (known && at - known.at < foldMs) {
        known.count += 1;
        known.lastAt = at;
        if (known.count >= 2 * known.written) disk.relaxed(() => put(known));
        return;
      }
      if (known && known.count > known.written) disk.relaxed(() => put(known));
      // The row is there when the call returns: whoever comes meanwhile makes it longer.
      const written = disk.write(() => void insert.run(id, at, tenant, actor, address, action, subject));
      open.delete(name);
      open.set(name, { id, at, lastAt: at, count: 1, written: 1 });
      dropOldest(open, mostOpen);
      await written.catch((error: unknown) => {
        open.delete(name);
        throw error;
      });
    },
    list: listed(disk, flush),
  };
}

function listed(disk: Disk, flush: () => void): Audit["list"] {
  // Ids are UUIDv7: in the order of time.
  const some = disk.prepare<AuditEntry, [Record<string, string | number | null>]>(
    `SELECT id, at, tenant, actor, address, action, subject, count, last_at AS "lastAt" FROM audit
     WHERE ($tenant IS NULL OR tenant = $tenant) AND ($actor IS NULL OR actor = $actor)
       AND ($action IS NULL OR action GLOB $action) AND ($subject IS NULL OR subject = $subject)
       AND at BETWEEN $since AND $until AND ($before IS NULL OR id < $before) ORDER BY id DESC LIMIT $limit`,
  );
  const everything = {
    tenant: null,
    actor: null,
    action: null,
    subject: null,
    since: 0,
    until: Number.MAX_SAFE_INTEGER,
    before: null,
  };
  return async (query) => {
    flush();
    return disk.read(() => some.all({ ...everything, ...query }));
  };
}

const nameOf = ({ tenant, actor, address, action, subject }: NewAuditEntry): string =>
  JSON.stringify([tenant, actor, address, action, subject]);
