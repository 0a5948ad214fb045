import type { Statement } from "bun:sqlite";
import { deliveryStates, type Message, type MessageState, unanswered } from "../../core/model/message/message.ts";
import type { MessageChange, MessagePage, MessageQuery, Messages } from "../../core/ports/messages.ts";
import { bulkRank, ranksOf } from "../../core/model/queue-class.ts";
import type { Hold } from "../../core/ports/hold.ts";
import type { Disk } from "../sqlite/disk.ts";
import { heldOrThrow, voidHold } from "../sqlite/fence.ts";
import {
  messageColumns,
  messageOf,
  type MessageRow,
  sealedMessageWire,
  indexedBy,
  givenUp,
  isAnnounced,
  notSent,
  unsettled,
} from "./message-row.ts";
import { isFilter, messageFilter } from "./message-filter.ts";
import { manyListed } from "./many-messages.ts";
import { type Insert, queueWriter, repeater } from "./queue.ts";
import type { HomeOf } from "./contact-history.ts";
import type { NeedRoom } from "./queue-room.ts";

/** What a change may touch, as it stands in an UPDATE. What is final stays so, `delivery` only rises. */
const deliveryRank = (value: string) =>
  `CASE ${value} ${deliveryStates.map((state, index) => `WHEN '${state}' THEN ${index}`).join(" ")} END`;
const assignments = {
  state: "state = iif(state IN ('sent', 'cancelled') OR (state = 'failed' AND $state = 'queued'), state, $state)",
  delivery: `delivery = iif(delivery IS NULL OR ${deliveryRank("$delivery")} > ${deliveryRank("delivery")}, $delivery, delivery)`,
  reason: "reason = $reason, error = $error",
  forced: "by_hand = $forced",
  sentAt: "sent_at = coalesce(sent_at, $sentAt)",
  wire: "wire = $wire",
  notBefore: "not_before = $notBefore",
  sendAt: "send_at = $sendAt",
  priority: `lane = $priority + iif(lane >= ${bulkRank}, ${bulkRank}, 0)`,
  expiresAt: "expires_at = $expiresAt",
} as const;
type Values = Record<string, string | number | Uint8Array | null>;
type Assigned = keyof typeof assignments;
const assignable = Object.keys(assignments) as Assigned[];

/**
 * Writes what happened to a message; inside somebody's transaction. Only the columns that change are named: SQLite writes
 * every index of a column anew that is, whether its value is another or not.
 */
export function messageChanger(disk: Disk): (device: string, change: MessageChange) => void {
  const prepared = new Map<string, Statement<unknown, [Values]>>();
  const updateOf = (fields: readonly Assigned[]) => {
    const name = fields.join();
    const known = prepared.get(name);
    if (known !== undefined) return known;
    const set = [...fields.map((field) => assignments[field]), "updated_at = $at"].join(", ");
    const made = disk.prepare<unknown, [Values]>(`UPDATE message SET ${set} WHERE device = $device AND wa_id = $waId`);
    prepared.set(name, made);
    return made;
  };
  const last = [
    "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'message'",
    `UPDATE message SET place = (SELECT seq FROM sqlite_sequence WHERE name = 'message')
     WHERE device = $device AND wa_id = $waId`,
  ].map((sql) => disk.prepare(sql));
  return (device, change) => {
    const { waId, at, error } = change;
    if (change.last) for (const statement of last) statement.run({ device, waId });
    const fields = assignable.filter((field) => change[field] !== undefined);
    const values = Object.fromEntries(fields.map((field) => [field, valueOf(change[field])]));
    if (change.wire) values["wire"] = sealedMessageWire(disk.seal, { device, waId }, change.wire);
    updateOf(fields).run({
      device,
      waId,
      at,
      ...values,
      ...(change.reason === undefined ? {} : { error: error ?? null }),
    });
  };
}

const valueOf = (value: MessageChange[Assigned]): Values[string] =>
  typeof value === "boolean" ? Number(value) : (value ?? null);

/** `home`: what a chat goes by now, by any name of its person. */
export function messagesOn(disk: Disk, needRoom: NeedRoom, insert: Insert, home: HomeOf): Messages {
  const select = selector(disk);
  const [one, read] = [reading(disk), reader(disk)];
  // What somebody released by hand need not wait for what waits, and nothing for what is scheduled.
  const free = `state = 'queued' AND not_before <= $now AND NOT EXISTS (SELECT 1 FROM message AS earlier
       WHERE earlier.device = message.device AND earlier.chat = message.chat AND earlier.place < message.place
         AND earlier.${unsettled} AND NOT (earlier.state = 'waiting' AND (message.by_hand OR earlier.send_at IS NOT NULL))
         AND NOT (earlier.${isAnnounced}))`;
  const next = select(`${free} AND lane BETWEEN $from AND $to ORDER BY lane, place LIMIT $limit`);
  // Behind the first that does not wait for anything but its turn, nothing moves.
  const nextIn = select(
    `${free} AND place = (SELECT place FROM ${indexedBy("message_lane")}
       WHERE device = $device AND chat = $chat AND ${unsettled} AND state <> 'waiting' AND NOT (${isAnnounced}) ORDER BY place LIMIT 1)`,
  );
  const due = select("state = 'waiting' AND not_before <= $now ORDER BY not_before, place LIMIT $limit");
  const inOrder = "ORDER BY place LIMIT $limit";
  const unsent = select(`${unsettled} AND state IN ('queued', 'waiting') ${inOrder}`, "message_open");
  const unsentIn = select(`chat = $chat AND ${unsettled} AND ${notSent} ${inOrder}`, "message_lane");
  const late = `state IN ('queued', 'waiting') AND expires_at IS NOT NULL AND ${notSent}`;
  const expired = select(`${late} AND expires_at <= $now ORDER BY expires_at LIMIT $limit`);
  const moments = disk.prepare<{ due: number | null; expiry: number | null; held: number }>(
    `SELECT (SELECT min(not_before) FROM message WHERE device = $device AND state = 'waiting') AS due,
            (SELECT min(expires_at) FROM message WHERE device = $device AND ${late}) AS expiry,
            EXISTS (SELECT 1 FROM ${indexedBy("message_held")}
                    WHERE device = $device AND state = 'waiting' AND send_at IS NULL) AS held`,
  );
  const enqueue = queueWriter(disk, needRoom, insert);
  const repeated = repeater(disk);
  return {
    ...heldOn(disk),
    ...foundOn(disk),
    queue: async (device, message, following = []) => {
      const work = () => enqueue(device, message, following);
      const isOne = following.length === 0 && message.idempotency === null && !insert.isAfterBulk(device);
      return isOne ? disk.writeOne(work) : disk.write(work);
    },
    repeated: (device, idempotency, now) => disk.readFlushed(() => repeated(device, idempotency, now)),
    next: async (device, now, limit, order) =>
      disk.read(() => {
        const found: MessageRow[] = [];
        for (const [from, to] of order.map((each) => ranksOf[each]))
          if (found.length < limit) found.push(...next.all({ device, now, from, to, limit: limit - found.length }));
        return found.map(read);
      }),
    nextIn: async (device, now, chat) => disk.read(() => one(nextIn.get({ device, now, chat: home(device, chat) }))),
    due: async (device, now, limit) => disk.read(() => due.all({ device, now, limit }).map(read)),
    expired: async (device, now, limit) => disk.read(() => expired.all({ device, now, limit }).map(read)),
    unsent: async (device, chat, limit) =>
      disk.read(() =>
        (chat === null ? unsent.all({ device, limit }) : unsentIn.all({ device, chat: home(device, chat), limit })).map(
          read,
        ),
      ),
    moments: async (device) =>
      disk.read(() => {
        const { due, expiry, held } = moments.get({ device }) ?? { due: null, expiry: null, held: 0 };
        return { due, expiry, held: held === 1 };
      }),
    ...listed(disk, home),
    listMany: manyListed(disk),
  };
}

const reader =
  (disk: Disk) =>
  (row: MessageRow): Message =>
    messageOf(row, disk.seal);
const reading = (disk: Disk) => (row: MessageRow | null) => (row === null ? null : messageOf(row, disk.seal));

/** Prepares a look at the messages of a device. */
const selector = (disk: Disk) => (where: string, index?: string) =>
  disk.prepare<MessageRow>(
    `SELECT ${messageColumns} FROM ${index ? indexedBy(index) : "message"} WHERE device = $device AND ${where}`,
  );

/** Messages by their names, and the albums among them. */
function foundOn(disk: Disk): Pick<Messages, "get" | "byWaId" | "announced"> {
  const select = selector(disk);
  const byId = select("id = $id");
  const byWaId = select("wa_id = $waId");
  const one = reading(disk);
  const open = select(`${unsettled} AND ${isAnnounced}`, "message_open");
  return {
    get: async (device, id) => disk.read(() => one(byId.get({ device, id }))),
    byWaId: async (device, waId) => disk.read(() => one(byWaId.get({ device, waId }))),
    announced: async (device) => disk.read(() => open.all({ device }).map(reader(disk))),
  };
}

/** What an owner does to all messages of a device at once. */
function heldOn(disk: Disk): Pick<Messages, "take" | "requeue" | "reconsider" | "replan"> {
  const held = disk.prepare<{ uid: string }, [string, number]>("SELECT uid FROM device WHERE uid = ? AND epoch = ?");
  const take = disk.prepare(
    "UPDATE message SET state = 'sending', updated_at = ? WHERE device = ? AND wa_id IN (SELECT value FROM json_each(?))",
  );
  const requeue = disk.prepare<unknown, [string]>(
    `UPDATE ${indexedBy("message_open")} SET state = 'queued', reason = iif(wire IS NULL, NULL, '${unanswered}')
     WHERE device = ? AND ${unsettled} AND state = 'sending' AND NOT (${isAnnounced})`,
  );
  // What waited for a busy server tries the new connection.
  const undelay = disk.prepare<unknown, [string]>(
    `UPDATE ${indexedBy("message_open")} SET not_before = 0 WHERE device = ? AND ${unsettled} AND state = 'queued' AND not_before > 0`,
  );
  const reconsider = disk.prepare<unknown, [number, string, number]>(
    "UPDATE message SET not_before = ? WHERE device = ? AND state = 'waiting' AND send_at IS NULL AND not_before > ?",
  );
  const replan = disk.prepare(
    `UPDATE ${indexedBy("message_due")}
     SET not_before = send_at + $ahead, expires_at = expires_at + send_at + $ahead - not_before
     WHERE device = $device AND state = 'waiting' AND send_at IS NOT NULL AND created_at > $after`,
  );
  const fenced =
    <T>(hold: Hold, work: () => T) =>
    (): T => {
      if (held.get(hold.device, hold.epoch) === null) throw voidHold();
      return work();
    };
  const owned = async <T>(hold: Hold, work: () => T): Promise<T> => {
    heldOrThrow(hold);
    return disk.write(fenced(hold, work));
  };
  return {
    take: async (hold, waIds, at) => {
      heldOrThrow(hold);
      const mark = () => void take.run(at, hold.device, JSON.stringify(waIds));
      disk.relaxed(fenced(hold, mark), true);
    },
    requeue: (hold) =>
      owned(hold, () => {
        undelay.run(hold.device);
        return requeue.run(hold.device).changes;
      }),
    reconsider: (hold, now) => owned(hold, () => void reconsider.run(now, hold.device, now)),
    replan: (hold, ahead, after) =>
      owned(hold, () => void replan.run({ device: hold.device, ahead, after: after ?? -1 })),
  };
}

/** The newest first, a page at a time. */
function listed(disk: Disk, homeOf: HomeOf): Pick<Messages, "list" | "count"> {
  const page = (index: string, condition: string) =>
    disk.prepare<MessageRow & { place: number }>(
      `SELECT place, ${messageColumns} FROM ${indexedBy(index)} WHERE device = $device AND place < $before AND ${condition}
       ORDER BY place DESC LIMIT $limit`,
    );
  const all = page("message_listed", "TRUE");
  const sent = page("message_listed", "state = $state");
  const unsent = page("message_unsent", `${givenUp} AND state = $state`);
  const ofOpenState = page("message_open", `${unsettled} AND state = $state`);
  const ofState = {
    queued: ofOpenState,
    waiting: ofOpenState,
    sending: ofOpenState,
    sent,
    failed: unsent,
    cancelled: unsent,
  } satisfies Record<MessageState, unknown>;
  const waitingFor = page("message_open", `${unsettled} AND state = 'waiting' AND reason = $reason`);
  const filtered = messageFilter(disk, homeOf);
  const list = async (device: string, query: MessageQuery): Promise<MessagePage> => {
    const { state, reason, before, limit } = query;
    if (isFilter(query)) return filtered.list(device, query);
    const given = { device, before: before ?? Number.MAX_SAFE_INTEGER, limit: limit + 1 };
    const rows = disk.read(() => {
      if (reason !== null) return state === null || state === "waiting" ? waitingFor.all({ ...given, reason }) : [];
      if (state === null) return all.all(given);
      return ofState[state].all({ ...given, state });
    });
    let last = 0;
    const messages = rows.slice(0, limit).map(({ place, ...row }) => {
      last = place;
      return messageOf(row, disk.seal);
    });
    return { messages, next: rows.length > limit ? last : null };
  };
  return { list, count: filtered.count };
}
