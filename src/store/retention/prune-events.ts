import type { Lost, Pruned } from "../../core/ports/retention.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";
import { laneAdvancer } from "../sqlite/lane.ts";
import { hasNoRow, isOwed } from "../sqlite/owed.ts";

/** Rows a slice looks at: a few milliseconds of work. */
const slice = 500;

/** How the events of a slice go. */
export interface Removal {
  /** Whose events stay while they are owed. */
  sparing: readonly Target[];
  /** Why what was owed goes all the same; null where that is worth no word. */
  reason: string | null;
  /** When what waited behind them falls due. */
  due: number;
  /** Goes also while it is being delivered. */
  running?: true;
}

interface Open {
  event: number;
  id: string;
  at: number;
  target: Target;
  lane: string;
  spared: number;
}

/**
 * Removes these events, but for those that are being delivered (unless they are to go too) or are owed to somebody
 * spared; inside somebody's transaction. What waited behind one of them goes on. Returns how many went.
 */
export function eventRemover(disk: Disk): (places: readonly number[], removal: Removal) => number {
  const open = disk.prepare<Open, [number, string, string]>(
    `SELECT delivery.event, event.id, event.at, target, lane,
       (stage = 'running' AND ? = 0) OR target IN (SELECT value FROM json_each(?)) AS spared
     FROM json_each(?) AS chosen JOIN delivery ON delivery.event = chosen.value JOIN event ON event.place = delivery.event
     WHERE settled_at IS NULL`,
  );
  // What a cursor has not reached yet.
  const waiting = disk.prepare<Open, [string, string]>(
    `SELECT event.place AS event, event.id, event.at, cursor.target, '' AS lane,
       cursor.target IN (SELECT value FROM json_each(?)) AS spared
     FROM json_each(?) AS chosen JOIN event ON event.place = chosen.value
       JOIN cursor ON cursor.place < event.place AND ${isOwed("cursor.target")}
     WHERE ${hasNoRow("cursor.target")}`,
  );
  const remove = disk.prepare("DELETE FROM event WHERE place IN (SELECT value FROM json_each(?))");
  const note = lossWriter(disk);
  const advance = laneAdvancer(disk);
  return (places, { sparing, reason, due, running = false }) => {
    if (places.length === 0) return 0;
    const chosen = JSON.stringify(places);
    const spare = JSON.stringify(sparing);
    const owed = [...open.all(Number(running), spare, chosen), ...waiting.all(spare, chosen)];
    const spared = new Set(owed.filter((each) => each.spared === 1).map(({ event }) => event));
    const going = places.filter((place) => !spared.has(place));
    const lost = owed.filter(({ event }) => !spared.has(event));
    if (reason !== null) for (const each of lost) note(each, reason);
    remove.run(JSON.stringify(going));
    const rows = lost.filter(({ lane }) => lane !== "");
    const lanes = new Map(rows.map(({ target, lane }) => [`${target} ${lane}`, { target, lane }]));
    for (const { target, lane } of lanes.values()) advance(target, lane, due);
    return going.length;
  };
}

function lossWriter(disk: Disk): (lost: Open, reason: string) => void {
  const note = disk.prepare<unknown, [string, string, string, number, number]>(
    `INSERT INTO lost VALUES (?, ?, 1, json_array(?), ?, ?) ON CONFLICT DO UPDATE SET count = count + 1,
       events = iif(count < 100, json_insert(events, '$[#]', excluded.events ->> 0), events),
       since = min(since, excluded.since), until = max(until, excluded.until)`,
  );
  return ({ target, id, at }, reason) => void note.run(target, reason, id, at, at);
}

export interface LogPruner {
  /** A slice of one tenant's log, or of everybody's. */
  prune(below: string, removal: Removal, tenant?: string | null): Pruned;
  restart(): Pruned;
}

/** Walks through a log from its beginning, a slice at a time; what is spared is passed once in a walk. */
export class Walk {
  #place = 0;
  #tenant: string | null = null;
  readonly #next;
  readonly #nextOf;

  constructor(disk: Disk) {
    this.#next = disk.prepare<{ place: number; id: string }, [number]>(
      `SELECT place, id FROM event WHERE place > ? ORDER BY place LIMIT ${slice}`,
    );
    this.#nextOf = disk.prepare<{ place: number; id: string }, [number, string]>(
      `SELECT place, id FROM event WHERE place > ? AND tenant = ? ORDER BY place LIMIT ${slice}`,
    );
  }

  /**
   * The next places whose events have a lower id than `below`, of one tenant or of all; none is the end, and the next
   * walk begins.
   */
  next(below: string, tenant: string | null): number[] {
    if (tenant !== this.#tenant) this.restart();
    this.#tenant = tenant;
    const rows = tenant === null ? this.#next.all(this.#place) : this.#nextOf.all(this.#place, tenant);
    const young = rows.findIndex(({ id }) => id >= below);
    const places = (young === -1 ? rows : rows.slice(0, young)).map(({ place }) => place);
    this.#place = places.at(-1) ?? 0;
    return places;
  }

  restart(): void {
    this.#place = 0;
  }
}

/** What had to go though it was owed. */
export function lossesOn(disk: Disk): { list: () => Lost[]; forget: (lost: Lost) => Promise<void> } {
  const all = disk.prepare<Omit<Lost, "events"> & { events: string }, []>("SELECT * FROM lost ORDER BY target, reason");
  const forget = disk.prepare("DELETE FROM lost WHERE target = ? AND reason = ?");
  return {
    list: () => disk.read(() => all.all().map((row) => ({ ...row, events: JSON.parse(row.events) }))),
    forget: ({ target, reason }) => disk.write(() => void forget.run(target, reason)),
  };
}
