import { contentEvents } from "../../core/model/events/events.ts";
import type { Policy, Pruned } from "../../core/ports/retention.ts";
import { indexedBy } from "../outbox/message-row.ts";
import { idAt } from "../retention/id-at.ts";
import { eventRemover } from "../retention/prune-events.ts";
import type { Disk } from "../sqlite/disk.ts";
import { compact, purely } from "./erase.ts";

/** How long contents stay after they were written: a receiver fetches files, a person quotes, a phone asks again. */
export const contentGrace = 10 * 60_000;

/** Rows a slice removes. */
const slice = 500;

/** Where the history of everybody stood at a moment. */
interface Mark {
  readonly at: number;
  readonly place: number;
}

export interface ContentDropper {
  /** A walk through all that a tenant has: each call drops a slice. */
  readonly walk: (tenant: string, policy: Policy) => () => Pruned;
  /** Leaves no trace of what was dropped in the log and the index. */
  readonly tidy: () => Promise<void>;
}

/**
 * Drops what was said, and files, of a tenant that keeps no contents: events once every target has what it is owed of them,
 * chats and files once none of those that were written before them is owed any more, what was sent once somebody has it.
 * Who wrote to whom stays in chats, people and states of messages. A dead delivery keeps its event: nobody has it.
 */
export function contentDropper(disk: Disk, forgetFiles: (device: string, before: number) => number): ContentDropper {
  const devices = disk.prepare<{ uid: string }, [string]>("SELECT uid FROM device WHERE tenant = ?");
  const head = disk.prepare<{ place: number }, []>("SELECT seq AS place FROM sqlite_sequence WHERE name = 'said'");
  const { drop, oldest } = eventDropper(disk);
  const said = disk.prepare<unknown, [string, number]>(
    `DELETE FROM said WHERE place IN (SELECT place FROM said WHERE device = ? AND place <= ? ORDER BY place LIMIT ${slice})`,
  );
  const early = disk.prepare<unknown, [string, number]>("DELETE FROM early_change WHERE device = ? AND at < ?");
  const sent = sentBlanker(disk);
  const indexed = disk.prepare<{ one: 1 }, [string, number]>(
    "SELECT 1 AS one FROM said WHERE device = ? AND place <= ? AND words <> '' LIMIT 1",
  );
  let marks: readonly Mark[] = [];
  /** What is still to be done about what was dropped. */
  let left: "nothing" | "log" | "index" = "nothing";
  const dropChats = (device: string, place: number, before: number): number => {
    if (indexed.get(device, place) !== null) left = "index";
    return said.run(device, place).changes + early.run(device, before).changes + sent(device, before);
  };
  return {
    walk: (tenant, policy) => {
      const all = disk.read(() => devices.all(tenant).map(({ uid }) => uid));
      marks = noted(marks, { at: policy.now, place: disk.read(() => head.get()?.place ?? 0) });
      const dropEvents = drop(tenant, policy);
      return () => {
        const dropped = purely(disk, () => {
          const { rows, more } = dropEvents();
          const before = Math.min(policy.now - contentGrace, oldest(tenant) ?? Infinity);
          // The place of a message tells when it was written; its own time is that of its sender.
          const place = marks.findLast(({ at }) => at <= before)?.place ?? 0;
          return { rows: all.reduce((sum, device) => sum + dropChats(device, place, before), rows), before, more };
        });
        const files = all.reduce((sum, device) => sum + forgetFiles(device, dropped.before), 0);
        const rows = dropped.rows + files;
        if (rows > 0 && left === "nothing") left = "log";
        return { rows, more: dropped.more || rows > 0 };
      };
    },
    tidy: async () => {
      if (left === "index") await compact(disk);
      else if (left === "log") await disk.emptied();
      left = "nothing";
    },
  };
}

/** The newest marks, a minute apart at least. */
function noted(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  const last = marks.at(-1);
  return last !== undefined && mark.at - last.at < 60_000 ? marks : [...marks.slice(-10_000), mark];
}

const types = [...contentEvents].map((type) => `'${type}'`).join(", ");

function eventDropper(disk: Disk) {
  const next = disk.prepare<{ place: number; id: string }, [string, number]>(
    `SELECT place, id FROM event WHERE tenant = ? AND place > ? AND type IN (${types})
       AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.event = event.place AND delivery.stage = 'dead')
     ORDER BY place LIMIT ${slice}`,
  );
  const first = disk.prepare<{ id: string }, [string]>(
    `SELECT id FROM event WHERE tenant = ? AND type IN (${types})
       AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.event = event.place AND delivery.stage = 'dead')
     ORDER BY place LIMIT 1`,
  );
  const raise = disk.prepare<unknown, [string, number]>(
    "INSERT INTO pruned_tenant VALUES (?, ?) ON CONFLICT DO UPDATE SET place = max(place, excluded.place)",
  );
  const remove = eventRemover(disk);
  return {
    /** A walk through the tenant's log; what is owed is passed. */
    drop: (tenant: string, { now, due, owedTo }: Policy) => {
      const below = idAt(now - contentGrace);
      let passed = 0;
      return (): Pruned => {
        const rows = next.all(tenant, passed);
        const young = rows.findIndex(({ id }) => id >= below);
        const places = (young === -1 ? rows : rows.slice(0, young)).map(({ place }) => place);
        const gone = remove(places, { sparing: owedTo, reason: null, due });
        const last = places.at(-1) ?? passed;
        if (gone > 0) raise.run(tenant, last);
        passed = last;
        return { rows: gone, more: places.length === slice };
      };
    },
    /** When the first of those that are left was written. */
    oldest: (tenant: string): number | null => {
      const id = first.get(tenant)?.id;
      return id === undefined ? null : parseInt(id.replace("-", "").slice(0, 12), 16);
    },
  };
}

/** What was sent stays as a row without contents: its state, and its idempotency key. */
function sentBlanker(disk: Disk): (device: string, before: number) => number {
  // Once somebody has it nobody asks for it again; what failed nobody will have. What changes later has a later moment.
  const blank = disk.prepare<unknown, [string, number, number]>(
    `UPDATE message SET content = 'null', context = 'null', wire = NULL WHERE place IN (
       SELECT place FROM ${indexedBy("message_settled")} WHERE device = ? AND updated_at >= ? AND updated_at < ?
         AND state IN ('sent', 'failed', 'cancelled') AND (state <> 'sent' OR delivery IS NOT NULL)
         AND (wire IS NOT NULL OR content <> 'null') LIMIT ${slice})`,
  );
  const bulks = disk.prepare<unknown, [string, number]>(
    "UPDATE bulk SET content = NULL, context = NULL WHERE device = ? AND done_at < ? AND (content IS NOT NULL OR context IS NOT NULL)",
  );
  /** Up to where each device's were looked through. */
  const done = new Map<string, number>();
  return (device, before) => {
    const { changes } = blank.run(device, done.get(device) ?? 0, before);
    if (changes < slice) done.set(device, before);
    return changes + bulks.run(device, before).changes;
  };
}
