import { breathe } from "../../core/base/breathe.ts";
import type {
  AttemptRecord,
  Delivery,
  DeliveryFigures,
  DeliveryLog,
  DeliveryQuery,
  RecentDeliveries,
} from "../../core/ports/delivery-log.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";
import { among } from "../retention/among.ts";
import { type EventRow, eventColumns, eventOf } from "./event-row.ts";
import { redeliveryOn } from "./redelivery.ts";

const columns = `${eventColumns}, delivery.target, stage, attempts, delivery.reason, due_at AS "dueAt",
  settled_at AS "settledAt", last.number AS "lastNumber", last.status AS "lastStatus", last.error AS "lastError"`;
const joined = `FROM delivery JOIN event ON event.place = delivery.event LEFT JOIN device ON device.uid = event.device
  LEFT JOIN attempt AS last ON last.event = delivery.event AND last.target = delivery.target AND last.number = attempts`;
const open = "settled_at IS NULL";
const latest = "SELECT event, target, stage FROM delivery WHERE target = ? ORDER BY event DESC LIMIT 200";

/** Deliveries that are looked at in one go: a few milliseconds of work. */
const slice = 5_000;

type Row = EventRow &
  Omit<Delivery, "event" | "dueAt" | "last"> & {
    target: Target;
    dueAt: number;
    lastNumber: number | null;
    lastStatus: number | null;
    lastError: string | null;
  };

const deliveryOf = (row: Row): Delivery => {
  const { place, stage, attempts, reason, dueAt, settledAt, lastNumber, lastStatus, lastError } = row;
  const last = lastNumber === null ? null : { status: lastStatus, error: lastError };
  return {
    event: eventOf(row),
    place,
    stage,
    attempts,
    reason,
    dueAt: stage === "due" ? dueAt : null,
    settledAt,
    last,
  };
};

export function deliveryLogOn(disk: Disk): DeliveryLog {
  const one = disk.prepare<Row, [string, string]>(
    `SELECT ${columns} ${joined} WHERE delivery.target = ? AND event.id = ?`,
  );
  const attempts = disk.prepare<AttemptRecord, [number, string]>(
    "SELECT number, at, duration, status, error, response FROM attempt WHERE event = ? AND target = ? ORDER BY number",
  );
  const ofEvent = disk.prepare<Row, [number]>(`SELECT ${columns} ${joined} WHERE delivery.event = ?`);
  const head = disk.prepare<{ id: string }, [string, string, number]>(
    `SELECT event.id FROM delivery JOIN event ON event.place = delivery.event WHERE target = ? AND ${open}
       AND lane = (SELECT lane FROM delivery WHERE target = ? AND event = ?) ORDER BY delivery.event LIMIT 1`,
  );
  return {
    list: (query) => pageOf(disk, query),
    get: async (target, eventId) =>
      disk.read(() => {
        const row = one.get(target, eventId);
        if (row === null) return null;
        const first = row.stage === "blocked" ? (head.get(target, target, row.place)?.id ?? null) : null;
        return { delivery: deliveryOf(row), attempts: attempts.all(row.place, target), head: first };
      }),
    of: async (place) => disk.read(() => new Map(ofEvent.all(place).map((row) => [row.target, deliveryOf(row)]))),
    figures: figuresOn(disk),
    recent: recentOn(disk),
    ...redeliveryOn(disk),
  };
}

/** Read off the partial indexes of what is open and what is dead: the settled millions cost nothing. */
function figuresOn(disk: Disk): DeliveryLog["figures"] {
  const count = disk.prepare<Omit<DeliveryFigures, "recent">, [string, string, string]>(
    `SELECT (SELECT count(*) FROM delivery WHERE target = ? AND ${open}) AS pending,
       (SELECT at FROM event WHERE place = (SELECT min(event) FROM delivery WHERE target = ? AND ${open})) AS "pendingSince",
       (SELECT count(*) FROM delivery WHERE target = ? AND stage = 'dead') AS dead`,
  );
  const recent = disk.prepare<RecentDeliveries, [string]>(
    `WITH latest AS (${latest}), tried AS (SELECT duration, error FROM latest CROSS JOIN attempt USING (event, target)
       WHERE duration IS NOT NULL)
     SELECT count(*) AS deliveries, count(*) FILTER (WHERE stage = 'delivered') AS delivered,
       count(*) FILTER (WHERE stage = 'dead') AS dead, (SELECT count(*) FROM tried) AS attempts,
       (SELECT count(error) FROM tried) AS failed,
       (SELECT CAST(round(avg(duration)) AS INTEGER) FROM tried WHERE error IS NULL) AS duration FROM latest`,
  );
  const none = { deliveries: 0, delivered: 0, dead: 0, attempts: 0, failed: 0, duration: null };
  return async (target) =>
    disk.read(() => ({
      ...(count.get(target, target, target) ?? { pending: 0, pendingSince: null, dead: 0 }),
      recent: recent.get(target) ?? none,
    }));
}

function recentOn(disk: Disk): DeliveryLog["recent"] {
  const last = (which: string) =>
    disk.prepare<{ at: number; status: number | null; error: string | null }, [string]>(
      `SELECT at + coalesce(duration, 0) AS at, status, error
       FROM (${latest}) AS latest
       JOIN attempt USING (event, target) WHERE error IS ${which} NULL AND duration IS NOT NULL ORDER BY at DESC LIMIT 1`,
    );
  const [success, failure] = [last(""), last("NOT")];
  return async (target) =>
    disk.read(() => ({ lastSuccessAt: success.get(target)?.at ?? null, lastFailure: failure.get(target) }));
}

/** Newest first, a slice at a time: a filter that hardly anything passes must not stall. */
async function pageOf(disk: Disk, query: DeliveryQuery): Promise<Delivery[]> {
  const { stages, limit, before } = query;
  const only = deadOnly(stages);
  const found: Delivery[] = [];
  for (let below = before ?? Number.MAX_SAFE_INTEGER; found.length < limit;) {
    const from = disk.read(() =>
      disk.db
        .query<{ place: number | null }, [string, number]>(
          `SELECT min(event) AS place FROM (SELECT event FROM delivery WHERE target = ? AND event < ? ${only}
             ORDER BY event DESC LIMIT ${slice})`,
        )
        .get(query.target, below),
    )?.place;
    if (from == null) break;
    found.push(...between(disk, query, from, below, limit - found.length));
    below = from;
    if (found.length < limit) await breathe();
  }
  return found;
}

/** As a literal, so that the index of what is dead serves it. */
const deadOnly = (stages: DeliveryQuery["stages"]): string =>
  stages?.length === 1 && stages[0] === "dead" ? "AND stage = 'dead'" : "";

function between(disk: Disk, query: DeliveryQuery, from: number, below: number, limit: number): Delivery[] {
  const { target, stages, types, devices, since, until } = query;
  const sql = `SELECT ${columns} ${joined} WHERE delivery.target = ? AND delivery.event >= ? AND delivery.event < ?
    AND event.at BETWEEN ? AND ? ${deadOnly(stages)}
    ${among("stage", stages)} ${among("event.type", types)} ${among("device.id", devices)}
    ORDER BY delivery.event DESC LIMIT ?`;
  const lists = [...(stages ?? []), ...(types ?? []), ...(devices ?? [])];
  const values = [target, from, below, since, until, ...lists, limit];
  return disk.read(() => disk.db.query<Row, (string | number)[]>(sql).all(...values)).map(deliveryOf);
}
