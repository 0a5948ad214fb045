import type { Bulk, BulkChange, Bulks, Tally } from "../../core/ports/bulk.ts";
import { messageStatuses } from "../../core/model/message/message.ts";
import type { Disk } from "../sqlite/disk.ts";
import { heldOrThrow, voidHold } from "../sqlite/fence.ts";
import { notSent, messageColumns, messageOf, type MessageRow, sealedShared } from "./message-row.ts";
import { type BulkRows, sharedBy } from "./bulk-rows.ts";
import { repeated } from "./queue.ts";
import type { NeedRoom } from "./queue-room.ts";

const columns = `id, device, total, created_at AS "createdAt", cancelled_at AS "cancelledAt", done_at AS "doneAt"`;
/** How far it was received, or else its state. */
const status = "coalesce(delivery, state)";

type Idempotent = Bulk & { bodyHash: string };
type Placed<T> = T & { place: number };

const nothing = (): Tally => Object.fromEntries(messageStatuses.map((each) => [each, 0])) as Tally;

/** Writes that a bulk came to its end; inside somebody's transaction. */
export function bulkChanger(disk: Disk): (device: string, change: BulkChange) => void {
  const finish = disk.prepare("UPDATE bulk SET done_at = $doneAt, tally = $tally WHERE device = $device AND id = $id");
  return (device, { id, doneAt, tally }) => void finish.run({ device, id, doneAt, tally: JSON.stringify(tally) });
}

/** Everything that somebody goes by or went by. */
type AllNamesOf = (device: string, jid: string) => readonly string[];

export function bulksOn(disk: Disk, needRoom: NeedRoom, rows: BulkRows, names: AllNamesOf): Bulks {
  const one = disk.prepare<Bulk, [string, string]>(`SELECT ${columns} FROM bulk WHERE device = ? AND id = ?`);
  const running = disk.prepare<Bulk, [string]>(`SELECT ${columns} FROM bulk WHERE device = ? AND done_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM bulk_part WHERE bulk_part.bulk = bulk.id)`);
  const newest = disk.prepare<Placed<Bulk>>(
    `SELECT place, ${columns} FROM bulk WHERE device = $device AND place < $before ORDER BY place DESC LIMIT $limit`,
  );
  const once = disk.prepare<{ once: 0 | 1 }, [string, string]>("SELECT once FROM bulk WHERE device = ? AND id = ?");
  // What was made for WhatsApp may have left.
  const gone = disk.prepare<{ waId: string; chat: string }, [string, string]>(
    `SELECT wa_id AS "waId", chat FROM message WHERE bulk = ? AND device = ?
       AND (state = 'sent' OR (wire IS NOT NULL AND state NOT IN ('failed', 'cancelled')))`,
  );
  return {
    ...talliedOn(disk),
    ...queuedOn(disk, needRoom, rows),
    needRoom: async (device, count) => disk.read(() => needRoom.look(device, count)),
    reached: async (device, id) =>
      disk.read(() => {
        if (once.get(device, id)?.once !== 1) return null;
        return gone.all(id, device).map(({ waId, chat }) => ({ waId, names: names(device, chat) }));
      }),
    get: async (device, id) => disk.read(() => one.get(device, id)),
    running: async (device) => disk.read(() => running.all(device)),
    list: async (device, { before, limit }) => {
      const given = { device, before: before ?? Number.MAX_SAFE_INTEGER, limit: limit + 1 };
      return paged(
        disk.read(() => newest.all(given)),
        limit,
        (row) => row,
      );
    },
  };
}

function queuedOn(disk: Disk, needRoom: NeedRoom, rows: BulkRows): Pick<Bulks, "queue" | "repeated" | "cancel"> {
  const known = disk.prepare<Idempotent, [string, string]>(
    `SELECT ${columns}, body_hash AS "bodyHash" FROM bulk WHERE device = ? AND idempotency_key = ?`,
  );
  const release = disk.prepare("UPDATE bulk SET idempotency_key = NULL WHERE device = ? AND idempotency_key = ?");
  const insert = disk.prepare(
    `INSERT INTO bulk (id, device, total, created_at, idempotency_key, body_hash, content, context, once)
     VALUES ($id, $device, $total, $createdAt, $key, $bodyHash, $content, $context, $once)`,
  );
  const held = disk.prepare<{ uid: string }, [string, number]>("SELECT uid FROM device WHERE uid = ? AND epoch = ?");
  const mark = disk.prepare("UPDATE bulk SET cancelled_at = $at WHERE device = $device AND id = $id");
  const take = disk.prepare(
    `UPDATE message SET state = 'cancelled', reason = NULL, updated_at = $at
     WHERE bulk = $id AND device = $device AND ${notSent}`,
  );
  const before: Bulks["repeated"] = (device, idempotency, now) =>
    disk.readFlushed(() => bare(repeated(known.get(device, idempotency.key), idempotency, now)));
  return {
    repeated: before,
    queue: async (bulk, messages, idempotency) => {
      const shared = sharedBy(messages);
      await rows.put(bulk.id, messages, shared);
      const accept = () => {
        const { id, device, total, createdAt } = bulk;
        const earlier = idempotency && repeated(known.get(device, idempotency.key), idempotency, createdAt);
        if (earlier) return { bulk: bare(earlier), fresh: false };
        if (idempotency) release.run(device, idempotency.key);
        needRoom(device, messages.length);
        const { key = null, bodyHash = null } = idempotency ?? {};
        const content = shared.content === null ? null : sealedShared(disk.seal, id, "content", shared.content);
        const context = shared.context === null ? null : sealedShared(disk.seal, id, "context", shared.context);
        const { once = false, ...made } = bulk;
        insert.run({ id, device, total, createdAt, key, bodyHash, content, context, once: once ? 1 : 0 });
        return { bulk: made, fresh: true };
      };
      const accepted = await disk.write(accept).catch((error: unknown) => {
        rows.drop(bulk.id);
        throw error;
      });
      // From here on it is all or all: what is interrupted goes on at the next start.
      if (accepted.fresh) await rows.finish(bulk.id);
      else rows.drop(bulk.id);
      return accepted;
    },
    cancel: async (hold, id, at) => {
      heldOrThrow(hold);
      const { device, epoch } = hold;
      await disk.write(() => {
        if (held.get(device, epoch) === null) throw voidHold();
        mark.run({ device, id, at });
        take.run({ device, id, at });
      });
    },
  };
}

function talliedOn(disk: Disk): Pick<Bulks, "tally" | "messages"> {
  const counted = disk.prepare<{ status: keyof Tally; count: number }, [string]>(
    `SELECT ${status} AS status, count(*) AS count FROM message WHERE bulk = ? GROUP BY state, delivery`,
  );
  const kept = disk.prepare<{ tally: string | null }, [string]>("SELECT tally FROM bulk WHERE id = ?");
  const page = (condition: string) =>
    disk.prepare<Placed<MessageRow>>(
      `SELECT place, ${messageColumns} FROM message WHERE bulk = $id AND device = $device AND place > $after ${condition}
       ORDER BY place LIMIT $limit`,
    );
  const all = page("");
  const ofStatus = page(`AND ${status} = $status`);
  return {
    tally: async ({ id, total, doneAt }) =>
      disk.read(() => {
        const tally = nothing();
        let count = 0;
        for (const row of counted.all(id)) {
          tally[row.status] += row.count;
          count += row.count;
        }
        // What is accepted and not a row yet waits like the others.
        if (doneAt === null) tally.queued += total - count;
        // Its messages go after a while, one by one; what became of them stays.
        const end = doneAt !== null && count < total ? kept.get(id)?.tally : null;
        return end ? (JSON.parse(end) as Tally) : tally;
      }),
    messages: async (device, id, query) => {
      const { limit } = query;
      const given = { device, id, after: query.after ?? 0, limit: limit + 1 };
      const rows = disk.read(() =>
        query.status === null ? all.all(given) : ofStatus.all({ ...given, status: query.status }),
      );
      return paged(rows, limit, (row) => messageOf(row, disk.seal));
    },
  };
}

function bare<T extends Idempotent | null>(row: T): T extends null ? null : Bulk;
function bare(row: Idempotent | null): Bulk | null {
  if (row === null) return null;
  const { bodyHash: _, ...bulk } = row;
  return bulk;
}

/** A page of rows of which one more was read than it holds. */
function paged<Row, T>(rows: readonly Placed<Row>[], limit: number, read: (row: Row) => T) {
  const items = rows.slice(0, limit).map((placed) => {
    const { place: _, ...row } = placed;
    return read(row as Row);
  });
  return { items, next: rows.length > limit ? (rows[limit - 1]?.place ?? null) : null };
}
