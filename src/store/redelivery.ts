import type { DeliveryStage } from "../core/deliveries.ts";
import type { DeliveryLog, Redelivery } from "../core/delivery-log.ts";
import type { EventType } from "../core/events.ts";
import { Failure } from "../core/failure.ts";
import { asks, type Target } from "../core/targets.ts";
import type { Disk } from "./disk.ts";
import { laneOf, ower } from "./lane.ts";

interface Candidate {
  place: number;
  tenant: string;
  device: string | null;
  id: string | null;
  type: EventType;
  chat: string | null;
  stage: DeliveryStage | null;
}

const slice = 500;

export function redeliveryOn(disk: Disk): Pick<DeliveryLog, "redeliver" | "redeliverAll"> {
  const candidate = `SELECT event.place, event.tenant, event.device, device.id, event.type, event.chat, delivery.stage
    FROM event LEFT JOIN device ON device.uid = event.device
    LEFT JOIN delivery ON delivery.event = event.place AND delivery.target = ?`;
  const one = disk.prepare<Candidate, [string, number]>(`${candidate} WHERE event.place = ?`);
  const some = disk.prepare<Candidate, [string, string, number, number, number, number]>(
    `${candidate} WHERE event.tenant = ? AND event.place > ? AND event.at BETWEEN ? AND ? ORDER BY event.place LIMIT ?`,
  );
  const again = againOn(disk);
  return {
    redeliver: async (target, place, now) =>
      disk.write(() => {
        const found = one.get(target, place);
        if (found === null) throw new Failure("not_found", "This event is not kept any more.");
        return again(target, found, now);
      }),
    redeliverAll: async ({ target, tenant, since, until, stages, missing, now }: Redelivery) => {
      const wanted = ({ stage, type, tenant, device, id }: Candidate): boolean =>
        stage === null ? missing !== null && asks(missing, type, { tenant, uid: device, id }) : stages.includes(stage);
      let count = 0;
      for (let last = 0; ; await new Promise((go) => setImmediate(go))) {
        const rows = disk.read(() => some.all(target, tenant, last, since, until, slice));
        disk.write(() => {
          for (const row of rows) if (wanted(row) && again(target, row, now)) count += 1;
        });
        last = rows.at(-1)?.place ?? last;
        if (rows.length < slice) return count;
      }
    },
  };
}

/** Owes an event again, or for the first time; false when it is on its way. Inside somebody's transaction. */
function againOn(disk: Disk): (target: Target, found: Candidate, now: number) => boolean {
  const owe = ower(disk);
  const reopen = disk.prepare(
    `UPDATE delivery SET failures = 0, due_at = $now, reason = NULL, settled_at = NULL,
       stage = iif(EXISTS (SELECT 1 FROM delivery AS other WHERE other.target = $target AND other.lane = delivery.lane
         AND other.stage IN ('behind', 'due', 'running')), 'behind', 'due')
     WHERE event = $place AND target = $target AND stage IN ('delivered', 'dead')`,
  );
  return (target, found, now) => {
    const { place } = found;
    if (found.stage !== null) return reopen.run({ place, target, now }).changes > 0;
    owe({ event: place, target, lane: laneOf(found), at: now });
    return true;
  };
}
