import { breathe } from "../../core/base/breathe.ts";
import type { DeliveryStage } from "../../core/ports/deliveries.ts";
import type { AttemptRecord, Delivery } from "../../core/ports/delivery-log.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";
import { laneOf, presentLanes } from "../sqlite/lane.ts";
import type { DeliveredLog } from "./delivered.ts";
import { type EventRow, eventOf } from "./event-row.ts";
import { hasNoRow, isOwed } from "../sqlite/owed.ts";

/** An event that is owed to a target and has no row. */
export interface LogRow extends EventRow {
  tenant: string;
  uid: string | null;
  chat: string | null;
}

/** Places that are looked at in one go: a few milliseconds of work. */
const slice = 20_000;
/** From so many places on, what was counted is remembered. */
const long = 50_000;

interface Counted {
  cursor: number;
  upTo: number;
  count: number;
  first: number | null;
}

/** How deliveries stand that have no row: by the cursor of their target, and by what stands before them in their lane. */
export class LogDeliveries {
  readonly #cursor;
  readonly #head;
  readonly #firstRow;
  readonly #open;
  readonly #counted;
  readonly #present;
  readonly #remembered = new Map<Target, Counted>();
  readonly #disk: Disk;
  readonly #delivered: DeliveredLog;

  constructor(disk: Disk, delivered: DeliveredLog) {
    this.#disk = disk;
    this.#delivered = delivered;
    this.#present = presentLanes(disk);
    this.#cursor = disk.prepare<{ place: number }, [string]>("SELECT place FROM cursor WHERE target = ?");
    this.#head = disk.prepare<{ place: number }, []>("SELECT seq AS place FROM sqlite_sequence WHERE name = 'event'");
    this.#firstRow = disk.prepare<{ event: number }, [string, string]>(
      "SELECT event FROM delivery WHERE target = ? AND lane = ? AND settled_at IS NULL ORDER BY event LIMIT 1",
    );
    const behind = `FROM event WHERE place > ?1 AND place <= ?2 AND ${isOwed("?3")} AND ${hasNoRow("?3")}`;
    this.#open = disk.prepare<Omit<LogRow, "device">, [number, number, string]>(
      `SELECT place, tenant, device AS "uid", type, chat ${behind} ORDER BY place`,
    );
    this.#counted = disk.prepare<{ count: number; first: number | null }, [number, number, string]>(
      `SELECT count(*) AS count, min(place) AS first ${behind}`,
    );
  }

  /** Up to here what is owed to the target and has no row was delivered. */
  cursor(target: Target): number {
    return this.#cursor.get(target)?.place ?? 0;
  }

  /** How these stand, which have no row, and what stands first in the lanes of those that are blocked. */
  async of(target: Target, rows: readonly LogRow[]): Promise<Map<number, { delivery: Delivery; head: number | null }>> {
    const cursor = this.#disk.read(() => this.cursor(target));
    const firsts = await this.#firsts(target, cursor, rows);
    const places = rows.map(({ place }) => place);
    const known = this.#disk.read(() =>
      rows.length === 0 ? new Map() : this.#delivered.between(target, Math.min(...places), Math.max(...places)),
    );
    return new Map(
      rows.map((row) => {
        const first = firsts.get(this.#laneNow(row)) ?? row.place;
        const stage: DeliveryStage = row.place <= cursor ? "delivered" : first < row.place ? "blocked" : "due";
        const success = known.get(row.place);
        const settled = stage === "delivered" && success !== undefined ? success.startedAt + success.duration : null;
        const delivery: Delivery = {
          event: eventOf(row, this.#disk.seal),
          place: row.place,
          stage,
          attempts: stage === "delivered" ? 1 : 0,
          reason: null,
          dueAt: stage === "due" ? writtenAt(row.id) : null,
          settledAt: settled,
          last: settled === null ? null : { status: success?.status ?? null, error: null },
        };
        return [row.place, { delivery, head: stage === "blocked" ? first : null }];
      }),
    );
  }

  /** The attempt that delivered it, as far as it is remembered. */
  attempts(target: Target, place: number): AttemptRecord[] {
    const success = this.#delivered.between(target, place, place).get(place);
    if (success === undefined) return [];
    const { startedAt, duration, status } = success;
    return [{ number: 1, at: startedAt, duration, status, error: null, response: null }];
  }

  /** How much of what has no row waits for a target, and the place of the first of it. */
  async backlog(target: Target): Promise<{ count: number; first: number | null }> {
    const { cursor, head } = this.#disk.read(() => ({
      cursor: this.cursor(target),
      head: this.#head.get()?.place ?? 0,
    }));
    const before = this.#remembered.get(target);
    const counted =
      before?.cursor === cursor && head - cursor > long ? before : { cursor, upTo: cursor, count: 0, first: null };
    while (counted.upTo < head) {
      const upTo = Math.min(head, counted.upTo + slice);
      const { count, first } = this.#disk.read(() => this.#counted.get(counted.upTo, upTo, target)) ?? nothing;
      counted.count += count;
      counted.first ??= first;
      counted.upTo = upTo;
      if (upTo < head) await breathe();
    }
    this.#remembered.set(target, counted);
    return counted;
  }

  #laneNow(row: Pick<LogRow, "tenant" | "uid" | "type" | "chat">): string {
    return this.#present(laneOf({ ...row, device: row.uid }));
  }

  /** The first open place of each lane that has one of these rows. */
  async #firsts(target: Target, cursor: number, rows: readonly LogRow[]): Promise<Map<string, number>> {
    const lanes = new Set(rows.filter(({ place }) => place > cursor).map((row) => this.#laneNow(row)));
    const firsts = new Map<string, number>();
    for (const lane of lanes) {
      const row = this.#disk.read(() => this.#firstRow.get(target, lane));
      if (row !== null) firsts.set(lane, row.event);
    }
    const missing = new Set(lanes);
    const last = Math.max(cursor, ...rows.map(({ place }) => place));
    for (let from = cursor; from < last && missing.size > 0; from += slice) {
      if (from > cursor) await breathe();
      for (const row of this.#disk.read(() => this.#open.all(from, Math.min(last, from + slice), target))) {
        const lane = this.#laneNow(row);
        if (!missing.delete(lane)) continue;
        firsts.set(lane, Math.min(row.place, firsts.get(lane) ?? Infinity));
      }
    }
    return firsts;
  }
}

const nothing = { count: 0, first: null };

/** UUIDv7 begins with the moment it was made, in milliseconds. */
const writtenAt = (id: string): number => parseInt(id.replace("-", "").slice(0, 12), 16);
