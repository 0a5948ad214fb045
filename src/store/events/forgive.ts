import { breathe } from "../../core/base/breathe.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";
import { owedReader } from "./log-reader.ts";

/** Deliveries that are looked at in one go. */
const slice = 1_000;

/** Nothing is owed to this target any more: buries what waits, for this reason. A long backlog lets others work. */
export function forgiver(disk: Disk): (target: Target, reason: string, now: number) => Promise<void> {
  const { cursors, read } = owedReader(disk);
  const rows = disk.prepare<unknown, [string, number, string, string]>(
    `UPDATE delivery SET stage = 'dead', reason = ?, settled_at = ?
     WHERE target = ? AND event IN (SELECT event FROM delivery WHERE target = ?
       AND settled_at IS NULL LIMIT ${slice})`,
  );
  const bury = disk.prepare<unknown, [number, string, string, number, string, number]>(
    `INSERT INTO delivery (event, target, lane, stage, due_at, reason, settled_at) VALUES (?, ?, ?, 'dead', ?, ?, ?)`,
  );
  const pass = disk.prepare<unknown, [number, string]>("UPDATE cursor SET place = ? WHERE target = ?");
  return async (target, reason, now) => {
    while (disk.relaxed(() => rows.run(reason, now, target, target).changes) > 0) await breathe();
    const { cursors: found } = await cursors([target]);
    for (let place = found.get(target) ?? 0, head = Infinity; place < head; await breathe()) {
      const page = await read({ target, after: place, limit: slice });
      disk.relaxed(() => {
        for (const { place, lane } of page.events) bury.run(place, target, lane, now, reason, now);
        pass.run(page.last, target);
      });
      [place, head] = [page.last, page.head];
    }
  };
}
