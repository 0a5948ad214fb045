import type { MessageState } from "../../core/model/message/message.ts";
import type { ManyQuery, Messages } from "../../core/ports/messages.ts";
import type { Disk } from "../sqlite/disk.ts";
import { givenUp, indexedBy, messageColumns, messageOf, type MessageRow, unsettled } from "./message-row.ts";

type Values = Record<string, string | number | null>;

/** The next of one device, behind a place. */
interface Head {
  readonly device: string;
  readonly place: number;
}

/**
 * The newest of many devices, a page at a time: the newest of each is looked up in its index, and behind the one that is
 * taken the next of its device. A thousand devices cost a thousand steps more than one, however much each has sent.
 */
export function manyListed(disk: Disk): Messages["listMany"] {
  const looking = (index: string, condition: string) =>
    disk.prepare<{ place: number }, [Values]>(
      `SELECT place FROM ${indexedBy(index)} WHERE device = $device AND place < $before AND ${condition}
       ORDER BY place DESC LIMIT 1`,
    );
  const ofOpenState = looking("message_open", `${unsettled} AND state = $state`);
  const settled = looking("message_unsent", `${givenUp} AND state = $state`);
  const byState = {
    queued: ofOpenState,
    waiting: ofOpenState,
    sending: ofOpenState,
    sent: looking("message_listed", "state = $state"),
    failed: settled,
    cancelled: settled,
  } satisfies Record<MessageState, unknown>;
  const all = looking("message_listed", "TRUE");
  const waitingFor = looking("message_open", `${unsettled} AND state = 'waiting' AND reason = $reason`);
  const row = disk.prepare<MessageRow, [number]>(`SELECT ${messageColumns} FROM message WHERE place = ?`);
  const finder = ({ state, reason }: ManyQuery): ((device: string, before: number) => Head | null) => {
    if (reason !== null && state !== null && state !== "waiting") return () => null;
    const look = reason !== null ? waitingFor : state === null ? all : byState[state];
    const given: Values = reason !== null ? { reason } : state === null ? {} : { state };
    return (device, before) => {
      const found = look.get({ device, before, ...given });
      return found && { device, place: found.place };
    };
  };
  return async (devices, query) =>
    disk.read(() => {
      const next = finder(query);
      const from = query.before ?? Number.MAX_SAFE_INTEGER;
      const places = newest(devices, query.limit + 1, from, next);
      const messages = places.slice(0, query.limit).flatMap((place) => {
        const found = row.get(place);
        return found === null ? [] : [messageOf(found, disk.seal)];
      });
      return { messages, next: places.length > query.limit ? (places[query.limit - 1] ?? null) : null };
    });
}

/** The places of the newest, of all devices together. */
function newest(
  devices: readonly string[],
  count: number,
  before: number,
  next: (device: string, before: number) => Head | null,
): number[] {
  const heads = devices.flatMap((device) => next(device, before) ?? []);
  const places: number[] = [];
  while (places.length < count && heads.length > 0) {
    let first = 0;
    for (const [at, head] of heads.entries()) if (head.place > (heads[first]?.place ?? 0)) first = at;
    const { device, place } = heads[first] as Head;
    places.push(place);
    const behind = next(device, place);
    if (behind === null) heads.splice(first, 1);
    else heads[first] = behind;
  }
  return places;
}
