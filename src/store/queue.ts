import { Failure } from "../core/failure.ts";
import type { Message } from "../core/message.ts";
import type { NewMessage } from "../core/messages.ts";
import type { Disk } from "./disk.ts";
import { messageColumns, messageOf, type MessageRow, open } from "./message-row.ts";

const idempotencyTtl = 14 * 24 * 3_600_000;
/** Seconds after which a place in a full queue may be free. */
const retryAfter = 10;

type Idempotency = NonNullable<NewMessage["idempotency"]>;
type Queued = { message: Message; fresh: boolean };

/** What an idempotency key made before, unless that is too long ago to count. */
export function repeater(disk: Disk): (device: string, idempotency: Idempotency, now: number) => Message | null {
  const known = disk.prepare<MessageRow & { bodyHash: string }, [string, string]>(
    `SELECT ${messageColumns}, body_hash AS "bodyHash" FROM message WHERE device = ? AND idempotency_key = ?`,
  );
  return (device, { key, bodyHash }, now) => {
    const earlier = known.get(device, key);
    if (earlier === null) return null;
    const { bodyHash: before, ...row } = earlier;
    return now - row.createdAt < idempotencyTtl ? repeated(row, before === bodyHash).message : null;
  };
}

/** Puts a message into the queue; inside somebody's transaction. */
export function queueWriter(disk: Disk, limit: number): (device: string, message: NewMessage) => Queued {
  const known = repeater(disk);
  const release = disk.prepare("UPDATE message SET idempotency_key = NULL WHERE device = ? AND idempotency_key = ?");
  const waiting = disk.prepare<{ n: number }, [string, number]>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM message WHERE device = ? AND ${open} LIMIT ?)`,
  );
  const insert = disk.prepare<MessageRow>(
    `INSERT INTO message (id, wa_id, device, chat, content, context, state, lane, created_at, not_before, send_at,
       expires_at, updated_at, idempotency_key, body_hash)
     VALUES ($id, $waId, $device, $chat, $content, $context, 'queued', $lane, $createdAt, $notBefore, $sendAt,
       $expiresAt, $createdAt, $key, $bodyHash) RETURNING ${messageColumns}`,
  );
  return (device, { content, context = {}, idempotency, ...message }) => {
    const { createdAt } = message;
    const earlier = idempotency && known(device, idempotency, createdAt);
    if (earlier) return { message: earlier, fresh: false };
    if (idempotency) release.run(device, idempotency.key);
    if ((waiting.get(device, limit)?.n ?? 0) >= limit) {
      throw new Failure("queue_full", `${limit} messages of this device wait already; try again later.`, {
        retryAfter,
      });
    }
    const row = insert.get({
      ...message,
      device,
      content: JSON.stringify(content),
      context: JSON.stringify(context),
      key: idempotency?.key ?? null,
      bodyHash: idempotency?.bodyHash ?? null,
    });
    if (row === null) throw new Error("an INSERT returned no row");
    return { message: messageOf(row), fresh: true };
  };
}

function repeated(row: MessageRow, sameBody: boolean): Queued {
  if (sameBody) return { message: messageOf(row), fresh: false };
  throw new Failure(
    "idempotency_conflict",
    "This idempotency key was used with another body; use a new key for a new message.",
    { field: "idempotency_key" },
  );
}
