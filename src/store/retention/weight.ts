import type { StoredBudget } from "../../core/model/budgets.ts";
import type { Disk } from "../sqlite/disk.ts";

/** About how many bytes each takes, of what size can prune. */
export interface Weight {
  events: number;
  history: number;
}

/** Measured: a row with its entries in indexes, beside its texts. */
const perEvent = 250;
const perDelivery = 225;
const perAttempt = 70;
const perSaid = 500;

/** From the number of rows and what the oldest and the newest of them weigh: exact sums would read the whole file. */
export function weigher(disk: Disk): () => Weight {
  const both = (table: string) =>
    `(SELECT * FROM (SELECT * FROM ${table} ORDER BY place LIMIT 100)
      UNION SELECT * FROM (SELECT * FROM ${table} ORDER BY place DESC LIMIT 100)) AS sample`;
  const events = disk.prepare<{ bytes: number | null }, []>(
    `SELECT (SELECT count(*) FROM event) * avg(${perEvent} + length(data)
       + (SELECT count(*) * ${perDelivery} FROM delivery WHERE event = sample.place)
       + (SELECT coalesce(sum(${perAttempt} + coalesce(length(response), 0)), 0) FROM attempt WHERE event = sample.place)
     ) AS bytes FROM ${both("event")}`,
  );
  const history = disk.prepare<{ bytes: number | null }, []>(
    `SELECT (SELECT count(*) FROM said) * avg(${perSaid} + length(content) + length(context) + 2 * length(words)
       + length(wire)) AS bytes FROM ${both("said")}`,
  );
  return () => ({ events: events.get()?.bytes ?? 0, history: history.get()?.bytes ?? 0 });
}

/** Who has most of what is kept: a tenant's id, or a device's uid; null when nobody has any. */
export function heaviest(disk: Disk): (kind: StoredBudget) => string | null {
  const one = disk.prepare<{ owner: string }, [string]>(
    "SELECT owner FROM usage WHERE kind = ? AND amount > 0 ORDER BY amount DESC LIMIT 1",
  );
  return (kind) => one.get(kind)?.owner ?? null;
}

const perAuditEntry = 250;

/** About how many bytes of the file retention by size has no say in: the queue and the audit log. */
export function unprunable(disk: Disk): () => number {
  const bytes = disk.prepare<{ bytes: number }, []>(
    `SELECT coalesce(sum(iif(kind = 'audit_rows', amount * ${perAuditEntry}, amount)), 0) AS bytes FROM usage
     WHERE kind IN ('queued_bytes', 'audit_rows')`,
  );
  return () => bytes.get()?.bytes ?? 0;
}
