import { type EventType, liveOnly } from "../../core/model/events/events.ts";
import type { Disk } from "./disk.ts";

/** What must arrive in order: a chat's events; a device's own; what is live overtakes both, for it soon is stale. */
export function laneOf(event: { tenant: string; device: string | null; type: EventType; chat: string | null }): string {
  const device = event.device ?? `tenant:${event.tenant}`;
  return liveOnly.has(event.type) ? `${device}/live` : `${device}/${event.chat ?? ""}`;
}

/** Gives a delivery a row: due when its lane is free, else blocked. Inside somebody's transaction. */
export function deliveryInserter(
  disk: Disk,
): (owed: { event: number; target: string; lane: string; at: number; attempts?: number }) => void {
  const owe = disk.prepare(
    `INSERT INTO delivery (event, target, lane, stage, due_at, attempts)
     SELECT $event, $target, $lane, iif(EXISTS (SELECT 1 FROM delivery WHERE target = $target AND lane = $lane
       AND settled_at IS NULL), 'blocked', 'due'), $at, $attempts`,
  );
  return ({ attempts = 0, ...owed }) => void owe.run({ ...owed, attempts });
}

/** Makes the first of a lane due, where it was blocked. Inside somebody's transaction. */
export function laneAdvancer(disk: Disk): (target: string, lane: string, now: number) => void {
  const first = disk.prepare<{ event: number }, [string, string]>(
    "SELECT event FROM delivery WHERE target = ? AND lane = ? AND settled_at IS NULL ORDER BY event LIMIT 1",
  );
  const promote = disk.prepare(
    "UPDATE delivery SET stage = 'due', due_at = ? WHERE event = ? AND target = ? AND stage = 'blocked'",
  );
  return (target, lane, now) => {
    const next = first.get(target, lane);
    if (next !== null) promote.run(now, next.event, target);
  };
}
