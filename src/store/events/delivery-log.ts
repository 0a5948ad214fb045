import { breathe } from "../../core/base/breathe.ts";
import type { AttemptRecord, Delivery, DeliveryLog, DeliveryQuery } from "../../core/ports/delivery-log.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Sealing } from "../seal/sealing.ts";
import type { Disk } from "../sqlite/disk.ts";
import { among } from "../retention/among.ts";
import type { DeliveredLog } from "./delivered.ts";
import { deliveryFigures } from "./delivery-figures.ts";
import { type EventRow, eventColumns, eventOf, openedResponse } from "./event-row.ts";
import { hasNoRow, isOwed, owedTo } from "../sqlite/owed.ts";
import { redeliveryOn } from "./redelivery.ts";
import type { LogRow, LogDeliveries } from "./log-deliveries.ts";

const columns = `${eventColumns}, delivery.target, stage, attempts, delivery.reason, due_at AS "dueAt",
  settled_at AS "settledAt", last.number AS "lastNumber", last.status AS "lastStatus", last.error AS "lastError"`;
const joined = `FROM delivery JOIN event ON event.place = delivery.event LEFT JOIN device ON device.uid = event.device
  LEFT JOIN attempt AS last ON last.event = delivery.event AND last.target = delivery.target AND last.number = attempts`;
const logColumns = `${eventColumns}, event.tenant, event.device AS "uid", event.chat`;
const log = "FROM event LEFT JOIN device ON device.uid = event.device";

/** Places that are looked at in one go: a few milliseconds of work. */
const slice = 5_000;

type Row = EventRow &
  Omit<Delivery, "event" | "dueAt" | "last"> & {
    target: Target;
    dueAt: number;
    lastNumber: number | null;
    lastStatus: number | null;
    lastError: string | null;
  };

const deliveryOf = (row: Row, seal: Sealing): Delivery => {
  const { place, stage, attempts, reason, dueAt, settledAt, lastNumber, lastStatus, lastError } = row;
  const last = lastNumber === null ? null : { status: lastStatus, error: lastError };
  return {
    event: eventOf(row, seal),
    place,
    stage,
    attempts,
    reason,
    dueAt: stage === "due" ? dueAt : null,
    settledAt,
    last,
  };
};

export function deliveryLogOn(disk: Disk, fromLog: LogDeliveries, delivered: DeliveredLog): DeliveryLog {
  const ofEvent = disk.prepare<Row, [number]>(`SELECT ${columns} ${joined} WHERE delivery.event = ?`);
  const inLog = disk.prepare<LogRow & { owed: string | null }, [number]>(
    `SELECT ${logColumns}, event.owed ${log} WHERE event.place = ?`,
  );
  return {
    list: (query) => pageOf(disk, fromLog, query),
    get: getter(disk, fromLog),
    of: async (place) => {
      const rows = disk.read(() => ofEvent.all(place));
      const found = new Map(rows.map((row) => [row.target, deliveryOf(row, disk.seal)]));
      const event = disk.read(() => inLog.get(place));
      for (const target of event?.owed ? owedTo(event.owed) : []) {
        if (event === null || found.has(target)) continue;
        const stands = (await fromLog.of(target, [event])).get(place);
        if (stands !== undefined) found.set(target, stands.delivery);
      }
      return found;
    },
    ...deliveryFigures(disk, fromLog, delivered),
    ...redeliveryOn(disk, fromLog),
  };
}

function getter(disk: Disk, fromLog: LogDeliveries): DeliveryLog["get"] {
  const one = disk.prepare<Row, [string, string]>(
    `SELECT ${columns} ${joined} WHERE delivery.target = ? AND event.id = ?`,
  );
  const inLog = disk.prepare<LogRow, [string, string]>(
    `SELECT ${logColumns} ${log} WHERE event.id = ? AND ${isOwed("?")}`,
  );
  const attempts = disk.prepare<AttemptRecord, [number, string]>(
    "SELECT number, at, duration, status, error, response FROM attempt WHERE event = ? AND target = ? ORDER BY number",
  );
  const head = disk.prepare<{ id: string }, [string, string, number]>(
    `SELECT event.id FROM delivery JOIN event ON event.place = delivery.event WHERE target = ? AND settled_at IS NULL
       AND lane = (SELECT lane FROM delivery WHERE target = ? AND event = ?) ORDER BY delivery.event LIMIT 1`,
  );
  const idAt = disk.prepare<{ id: string }, [number]>("SELECT id FROM event WHERE place = ?");
  return async (target, eventId) => {
    const row = disk.read(() => one.get(target, eventId));
    if (row !== null) {
      const first = row.stage === "blocked" ? (disk.read(() => head.get(target, target, row.place))?.id ?? null) : null;
      const tried = disk.read(() => attempts.all(row.place, target));
      const opened = tried.map((each) => ({
        ...each,
        response: openedResponse({ event: row.place, target, response: each.response }, disk.seal),
      }));
      return { delivery: deliveryOf(row, disk.seal), attempts: opened, head: first };
    }
    const event = disk.read(() => inLog.get(eventId, target));
    const stands = event === null ? undefined : (await fromLog.of(target, [event])).get(event.place);
    if (event === null || stands === undefined) return null;
    const { delivery, head: before } = stands;
    const first = before === null ? null : (disk.read(() => idAt.get(before))?.id ?? null);
    const tried = delivery.stage === "delivered" ? disk.read(() => fromLog.attempts(target, event.place)) : [];
    return { delivery, attempts: tried, head: first };
  };
}

/** Newest first, a slice at a time: a filter that hardly anything passes must not stall. */
async function pageOf(disk: Disk, fromLog: LogDeliveries, query: DeliveryQuery): Promise<Delivery[]> {
  const { target, stages, limit, before } = query;
  const onlyDead = stages?.length === 1 && stages[0] === "dead";
  const ends = disk.db.query<{ first: number | null; last: number | null }, []>(
    "SELECT (SELECT min(place) FROM event) AS first, (SELECT max(place) FROM event) AS last",
  );
  const { first, last } = disk.read(() => ends.get()) ?? { first: null, last: null };
  if (first === null || last === null) return [];
  if (onlyDead) return rowsBetween(disk, query, first, before ?? last + 1, limit);
  const found: Delivery[] = [];
  for (let below = Math.min(before ?? Infinity, last + 1); below > first && found.length < limit; below -= slice) {
    const from = below - slice;
    const left = limit - found.length;
    const rows = rowsBetween(disk, query, from, below, left);
    const others = await fromLog.of(target, logBetween(disk, query, fromLog.cursor(target), from, below, left));
    const asked = [...others.values()].map(({ delivery }) => delivery);
    const all = [...rows, ...asked.filter(({ stage }) => stages?.includes(stage) ?? true)];
    found.push(...all.toSorted((a, b) => b.place - a.place).slice(0, left));
    if (found.length < limit) await breathe();
  }
  return found;
}

/** As a literal, so that the index of what is dead serves it. */
const deadOnly = (stages: DeliveryQuery["stages"]): string =>
  stages?.length === 1 && stages[0] === "dead" ? "AND stage = 'dead'" : "";

function rowsBetween(disk: Disk, query: DeliveryQuery, from: number, below: number, limit: number): Delivery[] {
  const { target, stages, types, devices, since, until } = query;
  const sql = `SELECT ${columns} ${joined} WHERE delivery.target = ? AND delivery.event >= ? AND delivery.event < ?
    AND event.at BETWEEN ? AND ? ${deadOnly(stages)}
    ${among("stage", stages)} ${among("event.type", types)} ${among("device.id", devices)}
    ORDER BY delivery.event DESC LIMIT ?`;
  const lists = [...(stages ?? []), ...(types ?? []), ...(devices ?? [])];
  const values = [target, from, below, since, until, ...lists, limit];
  return disk
    .read(() => disk.db.query<Row, (string | number)[]>(sql).all(...values))
    .map((row) => deliveryOf(row, disk.seal));
}

/** What has no row. Which of what waits is `due` and which `blocked` only its lane tells: so all of it is looked at. */
function logBetween(
  disk: Disk,
  { target, stages, types, devices, since, until }: DeliveryQuery,
  cursor: number,
  from: number,
  below: number,
  limit: number,
): LogRow[] {
  const delivered = stages?.includes("delivered") ?? true;
  const waiting = stages === null || stages.includes("due") || stages.includes("blocked");
  if (!delivered && !waiting) return [];
  const which = delivered && waiting ? "" : `AND event.place ${delivered ? "<=" : ">"} ${cursor}`;
  const most = delivered || stages === null ? limit : below - from;
  const sql = `SELECT ${logColumns} ${log} WHERE event.place >= ? AND event.place < ? AND ${isOwed("?")}
    AND event.at BETWEEN ? AND ? ${which} ${among("event.type", types)} ${among("device.id", devices)}
    AND ${hasNoRow("?")} ORDER BY event.place DESC LIMIT ?`;
  const values = [from, below, target, since, until, ...(types ?? []), ...(devices ?? []), target, most];
  return disk.read(() => disk.db.query<LogRow, (string | number)[]>(sql).all(...values));
}
