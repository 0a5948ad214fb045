import type { Success } from "../../core/ports/deliveries.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";

type Entry = [place: number, startedAt: number, duration: number, status: number | null];

/** Deliveries in one row. */
const mostEntries = 128;
/** Rows that are kept of one target. */
const mostRows = 1_000;

interface Row {
  id: number;
  first: number;
  last: number;
  entries: string;
}

/** The newest row of a target, which takes more. */
interface Filling {
  /** Null until it is written. */
  id: number | null;
  /** The lowest and the highest place in it. */
  first: number;
  last: number;
  /** Each as JSON: a row is written several times while it fills. */
  entries: string[];
}

/**
 * What was taken at its first attempt: when, how fast, with which status. Bounded: of what is older than its last
 * 128,000 deliveries to a target only the cursor tells that they were delivered.
 */
export class DeliveredLog {
  readonly #filling = new Map<Target, Filling>();
  readonly #insert;
  readonly #update;
  readonly #around;
  readonly #newest;
  readonly #bound;

  constructor(disk: Disk) {
    this.#insert = disk.prepare<unknown, [string, number, number, string]>(
      "INSERT INTO delivered (target, first, last, entries) VALUES (?, ?, ?, ?)",
    );
    this.#update = disk.prepare<unknown, [number, number, string, number, string]>(
      "UPDATE delivered SET first = ?, last = ?, entries = ? WHERE id = ? AND target = ?",
    );
    this.#around = disk.prepare<Row, [string, number, number]>(
      "SELECT id, first, last, entries FROM delivered WHERE target = ? AND last >= ? AND first <= ?",
    );
    this.#newest = disk.prepare<Row, [string, number]>(
      "SELECT id, first, last, entries FROM delivered WHERE target = ? ORDER BY last DESC LIMIT ?",
    );
    this.#bound = disk.prepare<unknown, [string, string]>(
      `DELETE FROM delivered WHERE target = ? AND last <= (SELECT last FROM delivered WHERE target = ?
         ORDER BY last DESC LIMIT 1 OFFSET ${mostRows})`,
    );
  }

  /** Inside somebody's transaction; `failed` is to be called when that is undone. */
  add(target: Target, successes: readonly Success[]): void {
    for (const { place, startedAt, duration, status } of successes) {
      const filling = this.#filling.get(target);
      const row = filling === undefined || filling.entries.length >= mostEntries ? this.#begin(target) : filling;
      row.entries.push(JSON.stringify([place, startedAt, duration, status] satisfies Entry));
      row.first = Math.min(row.first, place);
      row.last = Math.max(row.last, place);
    }
    this.#write(target);
  }

  /** The file may not hold what was added: the next goes into a row of its own. */
  failed(): void {
    this.#filling.clear();
  }

  /** What is known of these places, in no order. */
  between(target: Target, from: number, to: number): Map<number, Success> {
    return successesOf(this.#around.all(target, from, to), (place) => place >= from && place <= to);
  }

  /** The latest, about so many. */
  latest(target: Target, count: number): Map<number, Success> {
    return successesOf(this.#newest.all(target, Math.ceil(count / mostEntries) + 1), () => true);
  }

  #begin(target: Target): Filling {
    this.#write(target);
    const row: Filling = { id: null, first: Infinity, last: -Infinity, entries: [] };
    this.#filling.set(target, row);
    return row;
  }

  #write(target: Target): void {
    const filling = this.#filling.get(target);
    if (filling === undefined || filling.entries.length === 0) return;
    const { id, first, last, entries } = filling;
    const text = `[${entries.join()}]`;
    // Retention may have removed it.
    if (id !== null && this.#update.run(first, last, text, id, target).changes > 0) return;
    filling.id = Number(this.#insert.run(target, first, last, text).lastInsertRowid);
    this.#bound.run(target, target);
  }
}

function successesOf(rows: readonly Row[], which: (place: number) => boolean): Map<number, Success> {
  const found = new Map<number, Success>();
  for (const { entries } of rows)
    for (const [place, startedAt, duration, status] of JSON.parse(entries) as Entry[])
      if (which(place)) found.set(place, { place, startedAt, duration, status });
  return found;
}
