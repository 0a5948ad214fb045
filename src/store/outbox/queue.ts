import { day } from "../../core/base/durations.ts";
import { Failure } from "../../core/base/failure.ts";
import type { Message } from "../../core/model/message/message.ts";
import type { Wait } from "../../core/model/waiting.ts";
import type { Idempotency, NewMessage } from "../../core/ports/messages.ts";
import type { Disk } from "../sqlite/disk.ts";
import { bulkRank } from "../../core/model/queue-class.ts";
import { indexedBy, messageColumns, messageOf, type MessageRow, sealedDraft, unsettled } from "./message-row.ts";
import type { HomeOf } from "./contact-history.ts";
import type { NeedRoom } from "./queue-room.ts";

const idempotencyTtl = 14 * day;

type Queued = { message: Message; fresh: boolean };
/** A message of a bulk, which may know already that it has to wait. */
interface Part {
  bulk: string | null;
  wait: Wait | null;
}
const alone: Part = { bulk: null, wait: null };

/** What an idempotency key made before, unless that is too long ago to count. Throws `idempotency_conflict`. */
export function repeated<T extends { createdAt: number; bodyHash: string }>(
  earlier: T | null,
  { bodyHash }: Idempotency,
  now: number,
): T | null {
  if (earlier === null || now - earlier.createdAt >= idempotencyTtl) return null;
  if (earlier.bodyHash === bodyHash) return earlier;
  throw new Failure(
    "idempotency_conflict",
    "This idempotency key was used with another body; use a new key for a new message.",
    { field: "idempotency_key" },
  );
}

/** The message that an idempotency key made before, or null. */
export function repeater(disk: Disk): (device: string, idempotency: Idempotency, now: number) => Message | null {
  const known = disk.prepare<MessageRow & { bodyHash: string }, [string, string]>(
    `SELECT ${messageColumns}, body_hash AS "bodyHash" FROM message WHERE device = ? AND idempotency_key = ?`,
  );
  return (device, idempotency, now) => {
    const earlier = repeated(known.get(device, idempotency.key), idempotency, now);
    if (earlier === null) return null;
    const { bodyHash: _, ...row } = earlier;
    return messageOf(row, disk.seal);
  };
}

/** Writes a message's row; inside somebody's transaction. */
export interface Insert {
  (device: string, message: NewMessage, part?: Part): MessageRow;
  /** Messages of a bulk may wait there, which one of its own changes: it is more than its row. */
  isAfterBulk(device: string): boolean;
}

/** All that comes into the queue comes through one of these: it remembers whose bulks may wait there. */
export function inserter(disk: Disk, home: HomeOf): Insert {
  const insert = disk.prepare<MessageRow>(
    `INSERT INTO message (id, wa_id, device, chat, bulk, content, context, state, reason, lane, created_at, not_before,
       send_at, expires_at, updated_at, idempotency_key, body_hash)
     VALUES ($id, $waId, $device, $chat, $bulk, $content, $context, $state, $reason, $priority, $createdAt, $notBefore,
       $sendAt, $expiresAt, $createdAt, $key, $bodyHash) RETURNING ${messageColumns}`,
  );
  // In a chat order holds: what a bulk has waiting there must not hold up a message of its own.
  const promote = disk.prepare(
    `UPDATE ${indexedBy("message_lane")} SET lane = lane - ${bulkRank}
     WHERE device = $device AND chat = $chat AND ${unsettled} AND lane >= ${bulkRank}`,
  );
  const waiting = disk.prepare<{ device: string }, []>(
    `SELECT DISTINCT device FROM ${indexedBy("message_open")} WHERE ${unsettled} AND lane >= ${bulkRank}`,
  );
  /** Devices of which a message of a bulk may wait. */
  const inBulk = new Set(disk.read(() => waiting.all().map(({ device }) => device)));
  const write = (device: string, given: NewMessage, { bulk, wait }: Part = alone): MessageRow => {
    const { content, context = {}, idempotency, ...message } = given;
    // A person's chat may have moved since the message was drafted.
    const chat = home(device, message.chat);
    if (bulk !== null) inBulk.add(device);
    else if (inBulk.has(device)) promote.run({ device, chat });
    const row = insert.get({
      ...message,
      chat,
      priority: message.priority + (bulk === null ? 0 : bulkRank),
      device,
      bulk,
      content: sealedDraft(disk.seal, { device, waId: message.waId }, "content", JSON.stringify(content)),
      context: sealedDraft(disk.seal, { device, waId: message.waId }, "context", JSON.stringify(context)),
      state: wait === null ? "queued" : "waiting",
      reason: wait?.reason ?? null,
      notBefore: wait?.until ?? message.notBefore,
      key: idempotency?.key ?? null,
      bodyHash: idempotency?.bodyHash ?? null,
    });
    if (row === null) throw new Error("an INSERT returned no row");
    return row;
  };
  return Object.assign(write, { isAfterBulk: (device: string) => inBulk.has(device) });
}

/** Puts a message into the queue; inside somebody's transaction. */
export function queueWriter(
  disk: Disk,
  needRoom: NeedRoom,
  insert: Insert,
): (device: string, message: NewMessage, following: readonly NewMessage[]) => Queued {
  const known = repeater(disk);
  const release = disk.prepare("UPDATE message SET idempotency_key = NULL WHERE device = ? AND idempotency_key = ?");
  return (device, message, following) => {
    const { createdAt, idempotency } = message;
    const earlier = idempotency && known(device, idempotency, createdAt);
    if (earlier) return { message: earlier, fresh: false };
    if (idempotency) release.run(device, idempotency.key);
    needRoom(device, 1 + following.length);
    const row = insert(device, message);
    for (const each of following) insert(device, each);
    return { message: messageOf(row, disk.seal), fresh: true };
  };
}
