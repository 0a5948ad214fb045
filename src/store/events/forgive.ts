import { breathe } from "../../core/base/breathe.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";

/** Nothing is owed to this target any more: buries what waits, for this reason. A long backlog lets others work. */
export function forgiver(disk: Disk): (target: Target, reason: string, now: number) => Promise<void> {
  const forgive = disk.prepare<unknown, [string, number, string, string]>(
    `UPDATE delivery SET stage = 'dead', reason = ?, settled_at = ?
     WHERE target = ? AND event IN (SELECT event FROM delivery WHERE target = ?
       AND settled_at IS NULL LIMIT 1000)`,
  );
  return async (target, reason, now) => {
    while (disk.relaxed(() => forgive.run(reason, now, target, target).changes) > 0) await breathe();
  };
}
