import { Failure } from "../core/failure.ts";
import { type Message, deliveryStates } from "../core/message.ts";
import type { Hold, MessageChange, Messages, NewMessage } from "../core/store.ts";
import type { Disk } from "./disk.ts";
import { heldOrThrow, voidHold } from "./fence.ts";

type Row = Omit<Message, "content" | "context"> & { content: string; context: string };

const idempotencyTtl = 14 * 24 * 3_600_000;
const open = "state IN ('queued', 'waiting', 'sending')";
const columns = `id, wa_id AS "waId", device, chat, content, context, wire, state, delivery, reason, created_at AS "createdAt",
  not_before AS "notBefore", sent_at AS "sentAt", updated_at AS "updatedAt"`;

const messageOf = (row: Row | null): Message | null =>
  row === null ? null : { ...row, content: JSON.parse(row.content), context: JSON.parse(row.context) };

/** Writes what happened to a message; inside somebody's transaction. What is final stays so, `delivery` only rises. */
export function messageChanger(disk: Disk): (device: string, change: MessageChange) => void {
  const rank = `CASE $delivery ${deliveryStates.map((state, index) => `WHEN '${state}' THEN ${index}`).join(" ")} END`;
  const present = rank.replace("$delivery", "delivery");
  const update = disk.prepare(
    `UPDATE message SET
       state = iif(state IN ('sent', 'cancelled'), state, coalesce($state, state)),
       delivery = iif($delivery IS NOT NULL AND (delivery IS NULL OR ${rank} > ${present}), $delivery, delivery),
       reason = iif($explained, $reason, reason),
       sent_at = coalesce(sent_at, $sentAt),
       wire = coalesce($wire, wire),
       not_before = coalesce($notBefore, not_before),
       updated_at = $at
     WHERE device = $device AND wa_id = $waId`,
  );
  return (
    device,
    { waId, state = null, delivery = null, reason, sentAt = null, wire = null, notBefore = null, at },
  ) => {
    const explained = reason === undefined ? 0 : 1;
    update.run({ device, waId, state, delivery, explained, reason: reason ?? null, sentAt, wire, notBefore, at });
  };
}

export function messagesOn(disk: Disk, queueLimit: number): Messages {
  const one = (where: string) =>
    disk.prepare<Row, string[]>(`SELECT ${columns} FROM message WHERE device = ? AND ${where}`);
  const byId = one("id = ?");
  const byWaId = one("wa_id = ?");
  const next = disk.prepare<Row, [string, number]>(
    `SELECT ${columns} FROM message WHERE device = ? AND ${open} AND state <> 'sending' AND not_before <= ?
       AND NOT EXISTS (SELECT 1 FROM message AS earlier WHERE earlier.device = message.device
         AND earlier.chat = message.chat AND earlier.place < message.place AND earlier.${open})
     ORDER BY place LIMIT 1`,
  );
  const requeue = disk.prepare(
    `UPDATE message SET state = 'queued' WHERE device = ?1 AND ${open} AND state = 'sending'
       AND EXISTS (SELECT 1 FROM device WHERE uid = ?1 AND epoch = ?2)`,
  );
  const held = disk.prepare<{ uid: string }, [string, number]>("SELECT uid FROM device WHERE uid = ? AND epoch = ?");
  const enqueue = queueWriter(disk, queueLimit);
  return {
    queue: async (device, message) => disk.write(() => enqueue(device, message)),
    next: async (device, now) => disk.read(() => messageOf(next.get(device, now))),
    get: async (device, id) => disk.read(() => messageOf(byId.get(device, id))),
    byWaId: async (device, waId) => disk.read(() => messageOf(byWaId.get(device, waId))),
    requeue: async (hold: Hold) => {
      heldOrThrow(hold);
      return disk.write(() => {
        if (held.get(hold.device, hold.epoch) === null) throw voidHold();
        return requeue.run(hold.device, hold.epoch).changes;
      });
    },
  };
}

type Queued = { message: Message; fresh: boolean };

function queueWriter(disk: Disk, limit: number): (device: string, message: NewMessage) => Queued {
  const known = disk.prepare<Row & { bodyHash: string }, [string, string]>(
    `SELECT ${columns}, body_hash AS "bodyHash" FROM message WHERE device = ? AND idempotency_key = ?`,
  );
  const release = disk.prepare("UPDATE message SET idempotency_key = NULL WHERE device = ? AND idempotency_key = ?");
  const waiting = disk.prepare<{ n: number }, [string, number]>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM message WHERE device = ? AND ${open} LIMIT ?)`,
  );
  const insert = disk.prepare(
    `INSERT INTO message (id, wa_id, device, chat, content, context, state, created_at, not_before, updated_at,
       idempotency_key, body_hash) VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?)`,
  );
  return (device, { id, waId, chat, content, context = {}, createdAt, notBefore, idempotency }) => {
    const earlier = idempotency === null ? null : known.get(device, idempotency.key);
    if (earlier !== null && idempotency !== null) {
      const { bodyHash, ...row } = earlier;
      if (createdAt - row.createdAt < idempotencyTtl) return repeated(row, bodyHash === idempotency.bodyHash);
      release.run(device, idempotency.key);
    }
    if ((waiting.get(device, limit)?.n ?? 0) >= limit) {
      throw new Failure("queue_full", `${limit} messages of this device wait already; try again later.`);
    }
    const [body, beside] = [JSON.stringify(content), JSON.stringify(context)];
    const { key = null, bodyHash = null } = idempotency ?? {};
    insert.run(id, waId, device, chat, body, beside, createdAt, notBefore, createdAt, key, bodyHash);
    const nothingYet = { wire: null, delivery: null, reason: null, sentAt: null, updatedAt: createdAt };
    return {
      message: { id, waId, device, chat, content, context, state: "queued", createdAt, notBefore, ...nothingYet },
      fresh: true,
    };
  };
}

function repeated(row: Row, sameBody: boolean): Queued {
  const message = sameBody ? messageOf(row) : null;
  if (message) return { message, fresh: false };
  throw new Failure(
    "idempotency_conflict",
    "This idempotency key was used with another body; use a new key for a new message.",
    { field: "idempotency_key" },
  );
}
