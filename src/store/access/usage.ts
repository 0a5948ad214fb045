import { type StoredBudget, storedBudgets } from "../../core/model/budgets.ts";
import type { Usage } from "../../core/ports/usage.ts";
import type { Disk } from "../sqlite/disk.ts";

/** What the triggers of usage.sql keep count of. */
export function usageOn(disk: Disk): Usage {
  const counts = disk.prepare<{ kind: string; amount: number }, [string]>(
    `SELECT kind, sum(amount) AS amount FROM usage
     WHERE owner = ?1 OR owner IN (SELECT uid FROM device WHERE tenant = ?1) GROUP BY kind`,
  );
  return {
    of: async (tenant) =>
      disk.read(() => {
        const rows = new Map(counts.all(tenant).map(({ kind, amount }) => [kind, amount]));
        const amounts = storedBudgets.map((budget): [StoredBudget, number] => [budget, rows.get(budget) ?? 0]);
        return Object.fromEntries(amounts) as Record<StoredBudget, number>;
      }),
  };
}
