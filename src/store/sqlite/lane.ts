import { type EventType, liveOnly } from "../../core/model/events/events.ts";
import { isPersonJid } from "../../core/model/recipient.ts";
import type { Disk } from "./disk.ts";

/** What must arrive in order: a chat's events; a device's own; what is live overtakes both, for it soon is stale. */
export function laneOf(event: { tenant: string; device: string | null; type: EventType; chat: string | null }): string {
  const device = event.device ?? `tenant:${event.tenant}`;
  return liveOnly.has(event.type) ? `${device}/live` : chatLane(device, event.chat ?? "");
}

/** Of the events of a chat. */
export const chatLane = (device: string, chat: string): string => `${device}/${chat}`;

/** Which lane a lane is part of by now: two of a person may have become one since it was named. */
export function presentLanes(disk: Disk): (lane: string) => string {
  const find = disk.prepare<{ person: string }, [string, string]>(
    "SELECT person FROM person_name WHERE device = ? AND name = ?",
  );
  return (lane) => {
    const [device = "", chat = ""] = lane.split("/");
    const person = isPersonJid(chat) ? find.get(device, chat)?.person : undefined;
    return person === undefined ? lane : chatLane(device, person);
  };
}

/** Moves what is owed in the lane of a former name; of two lanes that become one only the first may begin. */
export function laneMover(disk: Disk): (device: string, former: string, jid: string) => void {
  const open = "target IN (SELECT target FROM cursor) AND lane = $lane AND settled_at IS NULL";
  const move = disk.prepare(`UPDATE delivery SET lane = $to WHERE ${open}`);
  const block = disk.prepare(
    `UPDATE delivery SET stage = 'blocked' WHERE ${open} AND stage = 'due'
       AND EXISTS (SELECT 1 FROM delivery AS other WHERE other.target = delivery.target AND other.lane = $lane
         AND other.settled_at IS NULL AND other.event < delivery.event)`,
  );
  return (device, former, jid) => {
    const to = chatLane(device, jid);
    const { changes } = move.run({ lane: chatLane(device, former), to });
    if (changes > 0) block.run({ lane: to });
  };
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
