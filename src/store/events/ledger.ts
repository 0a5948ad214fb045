import type { ContactHistoryChange } from "../../core/ports/contact-history.ts";
import type { BulkChange } from "../../core/ports/bulk.ts";
import type { Clock } from "../../core/base/clock.ts";
import { type BotEvent, liveOnly, type NewEvent } from "../../core/model/events/events.ts";
import { Failure } from "../../core/base/failure.ts";
import type { ContactChange } from "../../core/ports/contacts.ts";
import type { HistoryChange } from "../../core/ports/history.ts";
import type { ReceivedMedia } from "../../core/ports/media.ts";
import type { MessageChange } from "../../core/ports/messages.ts";
import type { PersonChange } from "../../core/ports/persons.ts";
import type { Batch, Ledger, Recorded } from "../../core/ports/ledger.ts";
import type { Hold } from "../../core/ports/hold.ts";
import type { LaneMove, OwedEvent } from "../../core/ports/deliveries.ts";
import type { Source, Target } from "../../core/model/events/targets.ts";
import type { ChangeDevice } from "../devices/devices.ts";
import type { WriteVault } from "../devices/vault-writer.ts";
import type { Disk } from "../sqlite/disk.ts";
import { eventPages } from "./event-pages.ts";
import { type EventRow, eventColumns, eventOf, sealedData } from "./event-row.ts";
import { heldOrThrow, voidHold } from "../sqlite/fence.ts";
import { chatLane, laneOf } from "../sqlite/lane.ts";
import { owedText } from "../sqlite/owed.ts";

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
  history: (device: string, changes: readonly HistoryChange[]) => void;
  media: (source: { tenant: string; device: string }, file: ReceivedMedia, at: number) => void;
  contact: (device: string, change: ContactChange) => void;
  person: (device: string, change: PersonChange) => void;
  acquaintance: (device: string, change: ContactHistoryChange) => void;
  vault: WriteVault;
}

export function ledgerOn({ disk, clock, targetsOf, changeDevice, ...change }: LedgerParts): Ledger {
  const owner = disk.prepare<Owner, [string, number]>("SELECT tenant, id, seq FROM device WHERE uid = ? AND epoch = ?");
  const advance = disk.prepare("UPDATE device SET seq = ? WHERE uid = ?");
  const append = eventWriter(disk, clock);
  const sourceOf = sourcesOn(disk);
  return {
    ...logOn(disk),
    record: async (hold: Hold, batch: Batch) => {
      heldOrThrow(hold);
      const source = sourceOf(hold.device);
      // Asked before the transaction: what it looks at is none of the store's.
      const addressed = source === null ? [] : addressedBy(targetsOf, batch.events, source);
      return disk.write(() => {
        const held = owner.get(hold.device, hold.epoch);
        if (held === null || source === null) throw voidHold();
        const { device } = hold;
        for (const each of batch.people ?? []) change.person(device, each);
        const { seq, ...recorded } = append(source, held.seq, addressed);
        if (seq !== held.seq) advance.run(seq, hold.device);
        const ours = { tenant: held.tenant, device };
        for (const each of batch.messages ?? []) change.message(device, each);
        for (const each of batch.bulks ?? []) change.bulk(device, each);
        // Before what was said: it is kept under the names they give.
        for (const each of batch.contacts ?? []) change.contact(device, each);
        if (batch.history !== undefined) change.history(device, batch.history);
        for (const each of batch.media ?? []) change.media(ours, each, clock.now());
        for (const each of batch.contactHistory ?? []) change.acquaintance(device, each);
        if (batch.device !== undefined) changeDevice(hold.device, batch.device);
        if (batch.vault !== undefined) change.vault(device, batch.vault);
        const moves = (batch.people ?? []).flatMap((each) => lanesMoved(device, each));
        return moves.length === 0 ? recorded : { ...recorded, written: { ...recorded.written, moves } };
      });
    },
    announce: async (tenant, events) => {
      const source = { tenant, uid: null, id: null };
      const addressed = addressedBy(targetsOf, events, source);
      return disk.write(() => {
        const { seq: _, ...recorded } = append(source, 0, addressed);
        return recorded;
      });
    },
  };
}

const lanesMoved = (device: string, { person, formerly }: PersonChange): LaneMove[] =>
  formerly
    .filter((former) => former !== person.jid)
    .map((former) => ({ from: chatLane(device, former), to: chatLane(device, person.jid) }));

interface Addressed {
  event: NewEvent;
  targets: readonly Target[];
}

const addressedBy = (targetsOf: TargetsOf, events: readonly NewEvent[], source: Source): Addressed[] =>
  events.map((event) => ({ event, targets: targetsOf(event, source) }));

/** Whose a device is, which never changes. */
function sourcesOn(disk: Disk): (uid: string) => Source | null {
  const known = new Map<string, Source>();
  const find = disk.prepare<{ tenant: string; id: string }, [string]>("SELECT tenant, id FROM device WHERE uid = ?");
  return (uid) => {
    const before = known.get(uid);
    if (before !== undefined) return before;
    const found = disk.read(() => find.get(uid));
    if (found === null) return null;
    const source = { ...found, uid };
    known.set(uid, source);
    return source;
  };
}

/** Writes events and whom they are owed to; inside somebody's transaction. */
function eventWriter(disk: Disk, clock: Clock) {
  const insert = disk.prepare(
    `INSERT INTO event (id, tenant, device, seq, type, at, chat, once, data, owed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (device, once) WHERE device IS NOT NULL DO NOTHING`,
  );
  const head = disk.prepare<{ place: number }, []>("SELECT seq AS place FROM sqlite_sequence WHERE name = 'event'");
  // A target begins in front of the first event that is owed to it.
  const begin = disk.prepare<unknown, [string, number]>("INSERT OR IGNORE INTO cursor (target, place) VALUES (?, ?)");
  return (source: Source, lastSeq: number, addressed: readonly Addressed[]): Recorded & { seq: number } => {
    const { tenant, uid } = source;
    const events: BotEvent[] = [];
    const owed: OwedEvent[] = [];
    const targetsBegun = new Set<Target>();
    const after = addressed.length === 0 ? 0 : (head.get()?.place ?? 0);
    let last = after;
    let seq = lastSeq;
    for (const { event, targets } of addressed) {
      const { type, at, data, chat, once } = event;
      const number = uid === null || liveOnly.has(type) ? null : seq + 1;
      const id = Bun.randomUUIDv7("hex", clock.now()); // retention goes by the time in it
      const text = JSON.stringify(data);
      const kept = sealedData({ id, type, data: text }, disk.seal);
      const row = insert.run(id, tenant, uid, number, type, at, chat, once, kept, owedText(targets));
      if (row.changes === 0) continue;
      seq = number ?? seq;
      last = Number(row.lastInsertRowid);
      const told: BotEvent = { id, seq: number, type, timestamp: new Date(at).toISOString(), device: source.id, data };
      events.push(told);
      if (targets.length === 0) continue;
      for (const target of targets) {
        if (!targetsBegun.has(target)) begin.run(target, after);
        targetsBegun.add(target);
      }
      const lane = laneOf({ tenant, device: uid, type, chat });
      owed.push({ place: last, lane, event: told, source, targets, size: text.length });
    }
    return { events, written: { after, last, owed }, seq };
  };
}

/** Below it only what is still owed is kept, and for readers that is gone. */
const floor = `max((SELECT place FROM pruned),
  coalesce((SELECT pruned_tenant.place FROM pruned_tenant WHERE pruned_tenant.tenant = event.tenant), 0),
  coalesce((SELECT pruned_device.place FROM pruned_device WHERE pruned_device.device = event.device), 0))`;

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
        return rows.map((row) => eventOf(row, disk.seal));
      }),
    event: (tenant, id) =>
      disk.readFlushed(() => {
        const row = byId.get(id);
        return row === null || row.tenant !== tenant ? null : { place: row.place, event: eventOf(row, disk.seal) };
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
