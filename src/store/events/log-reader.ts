import type { Deliveries, OwedEvent } from "../../core/ports/deliveries.ts";
import type { Sealing } from "../seal/sealing.ts";
import type { Disk } from "../sqlite/disk.ts";
import { type EventRow, eventColumns, eventOf } from "./event-row.ts";
import { laneOf } from "../sqlite/lane.ts";
import { hasNoRow, isOwed, owedTo } from "../sqlite/owed.ts";

/** Places that are looked at in one go: a few milliseconds of work. */
const slice = 20_000;

interface OwedRow extends EventRow {
  tenant: string;
  uid: string | null;
  chat: string | null;
  owed: string;
}

/** The log as the courier reads it: what is owed. */
export function owedReader(disk: Disk): Pick<Deliveries, "cursors" | "read"> {
  const columns = `${eventColumns}, event.tenant, event.device AS "uid",
    coalesce(person_name.person, event.chat) AS chat, event.owed`;
  // By the name that its person goes by now: what waits for them is one lane.
  const from = `FROM event LEFT JOIN device ON device.uid = event.device
     LEFT JOIN person_name ON person_name.device = event.device AND person_name.name = event.chat
     WHERE event.place > ? AND event.place <= ?`;
  const any = disk.prepare<OwedRow, [number, number, number]>(
    `SELECT ${columns} ${from} AND event.owed IS NOT NULL ORDER BY event.place LIMIT ?`,
  );
  // What has a row already is brought by that.
  const own = disk.prepare<OwedRow, [number, number, string, string, number]>(
    `SELECT ${columns} ${from} AND ${isOwed("?")}
       AND ${hasNoRow("?")}
     ORDER BY event.place LIMIT ?`,
  );
  const head = disk.prepare<{ place: number }, []>("SELECT seq AS place FROM sqlite_sequence WHERE name = 'event'");
  const headOf = () => head.get()?.place ?? 0;
  const known = disk.prepare<{ place: number }, [string]>("SELECT place FROM cursor WHERE target = ?");
  const begin = disk.prepare<unknown, [string, number]>("INSERT OR IGNORE INTO cursor (target, place) VALUES (?, ?)");
  return {
    cursors: (targets) =>
      disk.readFlushed(() => {
        const missing = targets.filter((target) => known.get(target) === null);
        const end = headOf();
        if (missing.length > 0) disk.relaxed(() => missing.forEach((target) => begin.run(target, end)));
        return { cursors: new Map(targets.map((target) => [target, known.get(target)?.place ?? 0])), head: end };
      }),
    read: ({ target, after, limit }) =>
      disk.readFlushed(() => {
        const end = headOf();
        const upTo = Math.min(end, after + slice);
        const rows = target === null ? any.all(after, upTo, limit) : own.all(after, upTo, target, target, limit);
        const last = rows.length === limit ? (rows.at(-1)?.place ?? upTo) : Math.max(upTo, after);
        return { events: rows.map((row) => owedEventOf(row, disk.seal)), last, head: end };
      }),
  };
}

function owedEventOf(row: OwedRow, seal: Sealing): OwedEvent {
  const { place, type, chat, tenant, uid, device, owed, data } = row;
  return {
    place,
    lane: laneOf({ tenant, device: uid, type, chat }),
    event: eventOf(row, seal),
    source: { tenant, uid, id: device },
    targets: owedTo(owed),
    size: data.length,
  };
}
