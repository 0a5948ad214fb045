import type { ContactHistoryChange } from "../../core/ports/contact-history.ts";
import type { BulkChange } from "../../core/ports/bulk.ts";
import type { Clock } from "../../core/base/clock.ts";
import { type BotEvent, liveOnly, type NewEvent } from "../../core/model/events/events.ts";
import { Failure } from "../../core/base/failure.ts";
import type { ContactChange } from "../../core/ports/contacts.ts";
import type { HistoryChange } from "../../core/ports/history.ts";
import type { ReceivedMedia } from "../../core/ports/media.ts";
import type { MessageChange } from "../../core/ports/messages.ts";
import type { Batch, Ledger, Recorded } from "../../core/ports/ledger.ts";
import type { Hold } from "../../core/ports/hold.ts";
import { monotonicWallClock } from "../../core/base/monotonic-wall-clock.ts";
import type { Source, Target } from "../../core/model/events/targets.ts";
import type { ChangeDevice } from "../devices/devices.ts";
import type { Disk } from "../sqlite/disk.ts";
import { eventPages } from "./event-pages.ts";
import { type EventRow, eventColumns, eventOf } from "./event-row.ts";
import { heldOrThrow, voidHold } from "../sqlite/fence.ts";
import { laneOf, deliveryInserter } from "../sqlite/lane.ts";

export type TargetsOf = (event: NewEvent, source: Source) => readonly Target[];

interface Owner {
  tenant: string;
  id: string;
  seq: number;
}

interface LedgerParts {
  disk: Disk;
  clock: Clock;
  targetsOf: TargetsOf;
  changeDevice: ChangeDevice;
  message: (device: string, change: MessageChange) => void;
  bulk: (device: string, change: BulkChange) => void;
  history: (device: string, change: HistoryChange) => void;
  media: (source: { tenant: string; device: string }, file: ReceivedMedia, at: number) => void;
  contact: (device: string, change: ContactChange) => void;
  acquaintance: (device: string, change: ContactHistoryChange) => void;
}

export function ledgerOn({ disk, clock, targetsOf, changeDevice, ...change }: LedgerParts): Ledger {
  const owner = disk.prepare<Owner, [string, number]>("SELECT tenant, id, seq FROM device WHERE uid = ? AND epoch = ?");
  const advance = disk.prepare("UPDATE device SET seq = ? WHERE uid = ?");
  const append = eventWriter(disk, targetsOf, clock);
  return {
    ...logOn(disk),
    record: async (hold: Hold, batch: Batch) => {
      heldOrThrow(hold);
      return disk.write(() => {
        const held = owner.get(hold.device, hold.epoch);
        if (held === null) throw voidHold();
        const source = { tenant: held.tenant, uid: hold.device, id: held.id };
        const { seq, ...recorded } = append(source, held.seq, batch.events);
        if (seq !== held.seq) advance.run(seq, hold.device);
        const { device } = hold;
        const ours = { tenant: held.tenant, device };
        for (const each of batch.messages ?? []) change.message(device, each);
        for (const each of batch.bulks ?? []) change.bulk(device, each);
        // Before what was said: it is kept under the names they give.
        for (const each of batch.contacts ?? []) change.contact(device, each);
        for (const each of batch.history ?? []) change.history(device, each);
        for (const each of batch.media ?? []) change.media(ours, each, clock.now());
        for (const each of batch.contactHistory ?? []) change.acquaintance(device, each);
        if (batch.device !== undefined) changeDevice(hold.device, batch.device);
        return recorded;
      });
    },
    announce: async (tenant, events) =>
      disk.write(() => {
        const { seq: _, ...recorded } = append({ tenant, uid: null, id: null }, 0, events);
        return recorded;
      }),
  };
}

/** Writes events and what is owed of them; inside somebody's transaction. */
function eventWriter(disk: Disk, targetsOf: TargetsOf, clock: Clock) {
  const due = monotonicWallClock(clock);
  const insert = disk.prepare(
    `INSERT INTO event (id, tenant, device, seq, type, at, chat, once, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (device, once) WHERE device IS NOT NULL DO NOTHING`,
  );
  const owe = deliveryInserter(disk);
  return (source: Source, lastSeq: number, events: readonly NewEvent[]): Recorded & { seq: number } => {
    const written: BotEvent[] = [];
    const owed = new Set<Target>();
    let seq = lastSeq;
    for (const event of events) {
      const { type, at, data, chat, once } = event;
      const place = source.uid === null || liveOnly.has(type) ? null : seq + 1;
      const id = Bun.randomUUIDv7("hex", clock.now()); // retention goes by the time in it
      const { tenant, uid } = source;
      const row = insert.run(id, tenant, uid, place, type, at, chat, once, JSON.stringify(data));
      if (row.changes === 0) continue;
      seq = place ?? seq;
      const lane = laneOf({ tenant, device: uid, type, chat });
      for (const target of targetsOf(event, source)) {
        owe({ event: Number(row.lastInsertRowid), target, lane, at: due() });
        owed.add(target);
      }
      written.push({ id, seq: place, type, timestamp: new Date(at).toISOString(), device: source.id, data });
    }
    return { events: written, owed, seq };
  };
}

/** Below it only what is still owed is kept, and for readers that is gone. */
const floor = `max((SELECT place FROM pruned),
  coalesce((SELECT pruned_tenant.place FROM pruned_tenant WHERE pruned_tenant.tenant = event.tenant), 0))`;

/** Reading the log. */
function logOn(disk: Disk): Pick<Ledger, "after" | "page" | "event"> {
  const joined = `SELECT ${eventColumns} FROM event LEFT JOIN device ON device.uid = event.device`;
  const after = disk.prepare<EventRow, [string, number, number]>(
    `${joined} WHERE event.device = ? AND event.seq > ? AND event.place > ${floor} ORDER BY event.seq LIMIT ?`,
  );
  const oldest = disk.prepare<{ seq: number }, [string]>(
    `SELECT seq FROM event WHERE device = ? AND seq IS NOT NULL AND place > ${floor} ORDER BY seq LIMIT 1`,
  );
  const last = disk.prepare<{ seq: number }, [string]>("SELECT seq FROM device WHERE uid = ?");
  const byId = disk.prepare<EventRow & { tenant: string }, [string]>(
    `SELECT ${eventColumns}, event.tenant FROM event LEFT JOIN device ON device.uid = event.device WHERE event.id = ?`,
  );
  return {
    after: (device, seq, limit) =>
      disk.readFlushed(() => {
        const rows = after.all(device, seq, limit);
        if (rows[0]?.seq !== seq + 1) {
          const head = last.get(device)?.seq ?? 0;
          refusePruned(seq, oldest.get(device)?.seq ?? head + 1);
          refuseUnwritten(seq, head);
        }
        return rows.map(eventOf);
      }),
    event: (tenant, id) =>
      disk.readFlushed(() => {
        const row = byId.get(id);
        return row === null || row.tenant !== tenant ? null : { place: row.place, event: eventOf(row) };
      }),
    page: eventPages(disk),
  };
}

/** Who waits for what comes after it would miss all that comes before. */
function refuseUnwritten(seq: number, last: number): void {
  if (seq <= last) return;
  throw new Failure(
    "gone",
    `The log ends at ${last}: it is another one, or a backup was put back. Use after=${last}.`,
    {
      field: "after",
    },
  );
}

function refusePruned(seq: number, oldest: number): void {
  if (seq + 1 >= oldest) return;
  throw new Failure("gone", `Events after ${seq} were pruned; the oldest kept is ${oldest}: use after=${oldest - 1}.`, {
    field: "after",
  });
}
