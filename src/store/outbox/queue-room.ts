import { Failure } from "../../core/base/failure.ts";
import type { Disk } from "../sqlite/disk.ts";
import { indexedBy, unsettled } from "./message-row.ts";

/** Seconds after which a place in a full queue may be free. */
const retryAfter = 10;

/** Throws `queue_full` unless a device's queue has room for so many, and takes the room. Inside somebody's transaction. */
export interface NeedRoom {
  (device: string, count: number): void;
  /** The same, without taking any. */
  look(device: string, count: number): void;
}

/**
 * How many may still wait at each device. Only what comes through here makes a queue longer, so it is counted again
 * when as many came as had room at the last count: not for every message.
 */
export function queueRoom(disk: Disk, limit: number): NeedRoom {
  const waiting = disk.prepare<{ n: number }, [string, number]>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM ${indexedBy("message_open")} WHERE device = ? AND ${unsettled} LIMIT ?)`,
  );
  const left = new Map<string, number>();
  const roomFor = (device: string, count: number): number => {
    let room = left.get(device) ?? 0;
    if (room < count) room = limit - (waiting.get(device, limit)?.n ?? 0);
    if (room < count) throw full(count, room, limit);
    return room;
  };
  const take = (device: string, count: number): void => void left.set(device, roomFor(device, count) - count);
  return Object.assign(take, { look: (device: string, count: number): void => void roomFor(device, count) });
}

function full(count: number, room: number, limit: number): Failure {
  const sentence =
    count === 1
      ? `${limit} messages of this device wait already; try again later.`
      : `${limit - room} of the ${limit} messages that may wait at this device are there already; send ${room} or fewer now.`;
  return new Failure("queue_full", sentence, { retryAfter });
}
