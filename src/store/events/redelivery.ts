import { breathe } from "../../core/base/breathe.ts";
import type { DeliveryStage } from "../../core/ports/deliveries.ts";
import type { DeliveryLog, RedeliveryRange } from "../../core/ports/delivery-log.ts";
import { type EventType, liveOnly } from "../../core/model/events/events.ts";
import { Failure } from "../../core/base/failure.ts";
import { asksFor, type Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";
import { laneOf, deliveryInserter, presentLanes } from "../sqlite/lane.ts";
import { isOwed } from "../sqlite/owed.ts";
import type { LogDeliveries } from "./log-deliveries.ts";

interface Candidate {
  place: number;
  tenant: string;
  device: string | null;
  id: string | null;
  type: EventType;
  chat: string | null;
  /** Of its row, or as the cursor tells; null: it was never owed. */
  stage: DeliveryStage | null;
  row: 0 | 1;
}

/** Places looked at in one go. */
const slice = 1_000;

export function redeliveryOn(disk: Disk, fromLog: LogDeliveries): Pick<DeliveryLog, "redeliver" | "redeliverAll"> {
  const candidate = `SELECT event.place, event.tenant, event.device, device.id, event.type, event.chat,
      delivery.event IS NOT NULL AS row, coalesce(delivery.stage, iif(${isOwed("?1")},
        iif(event.place <= coalesce((SELECT place FROM cursor WHERE target = ?1), 0), 'delivered', 'due'), NULL)) AS stage
    FROM event LEFT JOIN device ON device.uid = event.device
    LEFT JOIN delivery ON delivery.event = event.place AND delivery.target = ?1`;
  const one = disk.prepare<Candidate, [string, number]>(`${candidate} WHERE event.place = ?2`);
  const some = disk.prepare<Candidate, [string, string, number, number, number, number]>(
    `${candidate} WHERE event.tenant = ?2 AND event.place > ?3 AND event.place <= ?4 AND event.at BETWEEN ?5 AND ?6
     ORDER BY event.place`,
  );
  const bounds = disk.prepare<{ first: number | null; last: number }, []>(
    `SELECT (SELECT min(place) FROM event) AS first,
       (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event') AS last`,
  );
  const again = againOn(disk, fromLog);
  return {
    redeliver: async (target, place, now) =>
      disk.write(() => {
        const found = one.get(target, place);
        if (found === null) throw new Failure("not_found", "This event is not kept any more.");
        return again(target, found, now);
      }),
    redeliverAll: async ({ target, tenant, since, until, stages, missing, now, stands }: RedeliveryRange) => {
      const wanted = ({ stage, type, tenant, device, id, chat }: Candidate): boolean =>
        stage === null
          ? missing !== null && !liveOnly.has(type) && asksFor(missing, type, { tenant, uid: device, id }, chat)
          : stages.includes(stage);
      const { first, last } = disk.read(() => bounds.get()) ?? { first: null, last: 0 };
      let count = 0;
      for (let from = (first ?? last) - 1; from < last; from += slice) {
        stands();
        const rows = disk.read(() => some.all(target, tenant, from, Math.min(from + slice, last), since, until));
        const chosen = rows.filter(wanted);
        if (chosen.length > 0) {
          await disk.write(() => {
            for (const row of chosen) if (again(target, row, now)) count += 1;
          });
        }
        await breathe();
      }
      return count;
    },
  };
}

/** Owes an event again, or for the first time; false when it is on its way. Inside somebody's transaction. */
function againOn(disk: Disk, fromLog: LogDeliveries): (target: Target, found: Candidate, now: number) => boolean {
  const owe = deliveryInserter(disk);
  const present = presentLanes(disk);
  const note = disk.prepare("INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const reopen = disk.prepare(
    `UPDATE delivery SET failures = 0, due_at = $now, reason = NULL, settled_at = NULL,
       stage = iif(EXISTS (SELECT 1 FROM delivery AS other WHERE other.target = $target AND other.lane = delivery.lane
         AND other.settled_at IS NULL), 'blocked', 'due')
     WHERE event = $place AND target = $target AND stage IN ('delivered', 'dead')`,
  );
  return (target, found, now) => {
    const { place, stage } = found;
    if (found.row === 1) return reopen.run({ place, target, now }).changes > 0;
    if (stage !== null && stage !== "delivered") return false;
    owe({ event: place, target, lane: present(laneOf(found)), at: now, attempts: Number(stage === "delivered") });
    for (const { number, at, duration, status, error } of fromLog.attempts(target, place))
      note.run(place, target, number, at, duration, status, error, null);
    return true;
  };
}
