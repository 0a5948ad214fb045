import type { StoredBudget } from "../../core/model/budgets.ts";
import type { Disk } from "../sqlite/disk.ts";

/** About how many bytes each takes, of what size can prune. */
export interface Weight {
  events: number;
  history: number;
}

/** By the counts that triggers keep: to look at the rows would read the whole file. */
export function weigher(disk: Disk): () => Weight {
  const of = disk.prepare<{ bytes: number }, [string]>(
    "SELECT coalesce(sum(amount), 0) AS bytes FROM usage WHERE kind = ?",
  );
  const bytes = (kind: StoredBudget) => of.get(kind)?.bytes ?? 0;
  return () => ({ events: bytes("event_bytes"), history: bytes("history_bytes") });
}

/** Who has most of what is kept: a tenant's id, or a device's uid; null when nobody has any. */
export function heaviest(disk: Disk): (kind: StoredBudget) => string | null {
  const one = disk.prepare<{ owner: string }, [string]>(
    "SELECT owner FROM usage WHERE kind = ? AND amount > 0 ORDER BY amount DESC LIMIT 1",
  );
  return (kind) => one.get(kind)?.owner ?? null;
}

const perAuditEntry = 250;
const perKey = 700;

/** About how many bytes of the file retention by size has no say in: the queue, the audit log, WhatsApp's keys. */
export function unprunable(disk: Disk): () => number {
  const bytes = disk.prepare<{ bytes: number }, []>(
    `SELECT coalesce(sum(amount * CASE kind WHEN 'audit_rows' THEN ${perAuditEntry} WHEN 'key_rows' THEN ${perKey} ELSE 1 END), 0) AS bytes
     FROM usage WHERE kind IN ('queued_bytes', 'audit_rows', 'key_rows')`,
  );
  return () => bytes.get()?.bytes ?? 0;
}
