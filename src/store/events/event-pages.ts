import { breathe } from "../../core/base/breathe.ts";
import type { EventPage, EventQuery, PlacedEvent } from "../../core/ports/ledger.ts";
import { among } from "../retention/among.ts";
import type { Disk } from "../sqlite/disk.ts";
import { type EventRow, eventColumns, eventOf } from "./event-row.ts";

/** Places that are looked at in one go, a few milliseconds of work: a filter that hardly anything passes must not stall. */
const slice = 20_000;

/** Pages of a tenant's log. */
export function eventPages(disk: Disk): (query: EventQuery) => Promise<EventPage> {
  const pruned = disk.prepare<{ place: number }, [string]>(
    `SELECT max(place, coalesce((SELECT place FROM pruned_tenant WHERE tenant = ?), 0)) AS place FROM pruned`,
  );
  const last = disk.prepare<{ place: number }, []>("SELECT seq AS place FROM sqlite_sequence WHERE name = 'event'");
  // A device may keep its events for less than the others: who goes on behind one that went is told.
  const ofDevices = disk.prepare<{ place: number }, [string, string | null]>(
    `SELECT coalesce(max(pruned_device.place), 0) AS place FROM pruned_device JOIN device ON device.uid = pruned_device.device
     WHERE device.tenant = ? AND (?2 IS NULL OR device.id IN (SELECT value FROM json_each(?2)))`,
  );
  const floorOf = (tenant: string): number => disk.read(() => pruned.get(tenant)?.place ?? 0);
  return async (query) => {
    const head = disk.read(() => last.get()?.place ?? 0);
    const after = Math.max(query.after, floorOf(query.tenant));
    const none = query.types?.length === 0;
    const walk = query.newest ? backwards : onwards;
    const events = none ? [] : await walk(disk, query, after, head);
    // The floor last: what was pruned meanwhile is not among them.
    return disk.readFlushed(() => {
      const devices = query.devices === null ? null : JSON.stringify(query.devices);
      const floor = Math.max(floorOf(query.tenant), ofDevices.get(query.tenant, devices)?.place ?? 0);
      return { events, floor, head };
    });
  };
}

async function onwards(disk: Disk, query: EventQuery, after: number, head: number): Promise<PlacedEvent[]> {
  const found: PlacedEvent[] = [];
  for (let from = after; from < head && found.length < query.limit; from += slice) {
    if (from > after) await breathe();
    found.push(...between(disk, query, from, Math.min(from + slice, head), query.limit - found.length));
  }
  return found;
}

async function backwards(disk: Disk, query: EventQuery, after: number, head: number): Promise<PlacedEvent[]> {
  const found: PlacedEvent[] = [];
  for (let to = head; to > after && found.length < query.limit; to -= slice) {
    if (to < head) await breathe();
    found.push(...between(disk, query, Math.max(to - slice, after), to, query.limit - found.length));
  }
  return found.toReversed();
}

function between(disk: Disk, query: EventQuery, from: number, to: number, limit: number): PlacedEvent[] {
  const { tenant, types, devices, newest } = query;
  const sql = `SELECT ${eventColumns} FROM event LEFT JOIN device ON device.uid = event.device
    WHERE event.tenant = ? AND event.place > ? AND event.place <= ? AND (event.seq IS NOT NULL OR event.device IS NULL)
    AND event.place > coalesce((SELECT place FROM pruned_device WHERE pruned_device.device = event.device), 0)
    ${among("event.type", types)} ${among("device.id", devices)} ORDER BY event.place ${newest ? "DESC" : ""} LIMIT ?`;
  const values = [tenant, from, to, ...(types ?? []), ...(devices ?? []), limit];
  const rows = disk.read(() => disk.db.query<EventRow, (string | number)[]>(sql).all(...values));
  return rows.map((row) => ({ place: row.place, event: eventOf(row, disk.seal) }));
}
