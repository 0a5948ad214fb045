import { defaultLimits } from "../../core/model/budgets.ts";
import type { Policy } from "../../core/ports/retention.ts";
import type { Disk } from "../sqlite/disk.ts";
import type { LogPruner } from "./prune-events.ts";

/** Rows a slice removes: a few milliseconds of work. */
const slice = 500;
/** Above every id. */
const anyId = "~";

interface Amount {
  tenant: string;
  amount: number;
}

/** Of what a tenant has more than it may have, a slice of its own oldest goes. Returns how many rows went. */
export function tenantPruner(disk: Disk, log: LogPruner): (policy: Policy) => number {
  const owned = disk.prepare<Amount, [string]>("SELECT owner AS tenant, amount FROM usage WHERE kind = ?");
  const history = disk.prepare<Amount & { device: string }, []>(
    `SELECT device.tenant, device.uid AS device, sum(amount) OVER (PARTITION BY device.tenant) AS amount
     FROM usage JOIN device ON device.uid = usage.owner WHERE kind = 'history_bytes' ORDER BY usage.amount`,
  );
  const said = disk.prepare<unknown, [string]>(
    `DELETE FROM said WHERE place IN (SELECT place FROM said WHERE device = ? ORDER BY place LIMIT ${slice})`,
  );
  const audit = disk.prepare<unknown, [string]>(
    `DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE tenant IS nullif(?, '') ORDER BY id LIMIT ${slice})`,
  );
  return ({ due, limitsOf = () => defaultLimits }) => {
    const over = <T extends Amount>(all: T[], budget: "event_bytes" | "history_bytes" | "audit_rows"): T[] =>
      all.filter(({ tenant, amount }) => amount > (limitsOf(tenant)[budget] ?? Infinity));
    let rows = 0;
    for (const { tenant } of over(
      disk.read(() => owned.all("event_bytes")),
      "event_bytes",
    ))
      rows += log.prune(
        anyId,
        { sparing: [], reason: "there was no room for it: the budget event_bytes", due },
        tenant,
      ).rows;
    for (const { tenant } of over(
      disk.read(() => owned.all("audit_rows")),
      "audit_rows",
    ))
      rows += disk.relaxed(() => audit.run(tenant).changes);
    // The largest device of each tenant that has too much comes last, and pays.
    const heavy = new Map(
      over(
        disk.read(() => history.all()),
        "history_bytes",
      ).map((each) => [each.tenant, each.device]),
    );
    for (const device of heavy.values()) rows += disk.relaxed(() => said.run(device).changes);
    return rows;
  };
}
