import { assert } from "../base/failure.ts";
import type { LaneArrivals, LaneMove, Held, OwedEvent, Success } from "../ports/deliveries.ts";
import { gather, gatheredAt, type Gathering } from "./gathering.ts";
import type { Target } from "../model/events/targets.ts";

/** A delivery in memory. */
export interface Item extends Pick<OwedEvent, "place" | "event" | "source" | "size"> {
  readonly target: Target;
  /** Another after two lanes became one. */
  lane: string;
  attempt: number;
  readonly failures: number;
  /** When its row falls due; null without one. */
  readonly dueAt: number | null;
  /** The store has a row of it. */
  row: boolean;
  /** Its attempt runs, or its end is being written. */
  running: boolean;
  /** Neither the log nor the cursor need to wait for it: it was taken, or it has a row. */
  passed: boolean;
  /** A row of it is being written: it does not begin, and when it ends the store is told. */
  held: boolean;
  /** Since when it waits here, by the courier's time. */
  readonly at: number;
  /** The first of its delivery: its end frees the connection. */
  leads: boolean;
}

function itemOf({ place, lane, event, source, size }: OwedEvent, target: Target, at: number): Item {
  return {
    place,
    lane,
    event,
    source,
    size,
    target,
    attempt: 1,
    failures: 0,
    dueAt: null,
    row: false,
    running: false,
    passed: false,
    held: false,
    at,
    leads: true,
  };
}

/** How many deliveries to one target may be in memory; the others are read from the log when there is room. */
const mostItems = 1_000;
/** About how many bytes of them. */
const mostBytes = 8 << 20;
/** How long one holds up the cursor before it gets a row, milliseconds: a chat's flood takes its turn in less. */
const longestWait = 1_500;

/**
 * What one target is owed and what is in memory of it, by lane, in the order of the log. Only the head of a lane runs.
 * A lane that may have rows takes nothing new before the store said that none is open (`arrivals`).
 */
export class LaneQueue {
  /** Up to here the log was taken in. */
  loaded = 0;
  /** There may be open rows. */
  hasRows = true;
  readonly #target: Target;
  readonly #lanes = new Map<string, Item[]>();
  /** LaneArrivals that the store is asked about. */
  readonly #asked = new Map<string, Item[]>();
  /** Lanes whose head may begin. */
  #ready: Item[][] = [];
  /** Without a row, in the order of the log; the first has not passed. */
  #window: Item[] = [];
  #open = 0;
  #bytes = 0;
  #successes: Success[] = [];

  constructor(target: Target) {
    this.#target = target;
  }

  /** Whether more of the log may be taken in: always when there is nothing, for one event may be larger than the bound. */
  get hasRoom(): boolean {
    return this.#open < mostItems && (this.#bytes < mostBytes || this.#open === 0);
  }

  /** Whether something could begin. */
  get isReady(): boolean {
    return this.#ready.length > 0;
  }

  get hasArrivals(): boolean {
    return this.#asked.size > 0;
  }

  /** Whether something was taken that is not written down. */
  get isDirty(): boolean {
    return this.#successes.length > 0;
  }

  /** Everything up to here has passed, once these have rows. */
  cursor(rows: ReadonlySet<Item>): number {
    const first = this.#window.find((item) => !item.passed && !rows.has(item));
    return first === undefined ? this.loaded : Math.min(this.loaded, first.place - 1);
  }

  /** The next event of the log that is owed to the target. */
  take(owed: OwedEvent, now: number): void {
    this.loaded = owed.place;
    if (this.#has(owed.place)) return; // read again: it runs, or was taken
    const { lane } = owed;
    const item = itemOf(owed, this.#target, now);
    this.#insert(item);
    const asked = this.#asked.get(lane);
    const items = this.#lanes.get(lane);
    if (asked !== undefined) asked.push(item);
    else if (items !== undefined && items.at(-1)?.row === false) items.push(item);
    else if (this.hasRows) this.#asked.set(lane, [item]);
    else this.#begin(lane, [item]);
  }

  /** Rows of one lane that were claimed. Returns what of them runs now; none when it is busy: then they run when that has ended. */
  claim(claimed: readonly [Item, ...Item[]], gathering: Gathering | null): Item[] {
    const [head] = claimed;
    const items = this.#lanes.get(head.lane);
    if (items === undefined) {
      this.#lanes.set(head.lane, [...claimed]);
      const together = gathering === null ? [head] : gather([claimed], gathering);
      for (const item of together) item.running = true;
      return together;
    }
    const waits = items.findIndex(({ running }) => !running);
    items.splice(waits === -1 ? items.length : waits, 0, ...claimed);
    return [];
  }

  /** The head of the lane that waits longest, or what is gathered; it runs from now on. */
  next(gathering: Gathering | null): Item[] {
    const items = gathering === null ? this.#ready.shift()?.slice(0, 1) : gather(this.#ready, gathering);
    for (const item of items ?? []) item.running = true;
    if (gathering !== null) this.#ready = this.#ready.filter(([head]) => head?.running !== true);
    return items ?? [];
  }

  /** From when on the next may begin. What does not fit into memory waits for the oldest, so that goes at once. */
  readyAt(gathering: Gathering | null): number {
    if (!this.isReady) return Infinity;
    return gathering === null || !this.hasRoom ? -Infinity : gatheredAt(this.#ready, gathering);
  }

  /** The first of the log that may begin, or its burst: what a probe takes. */
  oldest(gathering: Gathering | null): Item[] {
    const at = this.#ready.reduce((least, [head], index) => {
      const before = this.#ready[least]?.[0]?.place ?? Infinity;
      return (head?.place ?? Infinity) < before ? index : least;
    }, 0);
    const [lane = []] = this.#ready.splice(at, 1);
    const items = gathering?.by === "chat" ? gather([lane], gathering) : lane.slice(0, 1);
    for (const item of items) item.running = true;
    return items;
  }

  /** It was taken at its first attempt: nothing of it is written but that. */
  taken(item: Item, success: Success): void {
    assert(!item.row, "what has a row is settled by the store");
    this.#successes.push(success);
    this.#pass(item);
    this.#advance(item);
  }

  /** What is behind `item` in its lane and has no row: it waits, if that one does. */
  behind(item: Item): Item[] {
    return (this.#lanes.get(item.lane) ?? []).filter((each) => each !== item && !each.row && !each.running);
  }

  /** Rows of these are about to be written. */
  hold(items: readonly Item[]): Held[] {
    for (const item of items) item.held = true;
    this.#ready = this.#ready.filter(([head]) => head?.held !== true);
    return items.map(({ place, lane, running }) => {
      const head = this.#lanes.get(lane)?.[0];
      const stage = running ? "running" : head?.place === place ? "due" : "blocked";
      return { place, target: this.#target, lane, stage };
    });
  }

  /** They could not be written. */
  release(items: readonly Item[]): void {
    for (const item of items) {
      item.held = false;
      const lane = this.#lanes.get(item.lane);
      if (lane?.[0] === item && !item.running) this.#ready.push(lane);
    }
  }

  /** These have rows now, and so the store brings those that do not run. */
  gotRows(items: readonly Item[]): void {
    if (items.length > 0) this.hasRows = true;
    for (const item of items) {
      item.row = true;
      item.held = false;
      this.#pass(item);
      if (!item.running) this.#leave(item);
    }
    for (const lane of new Set(items.map((item) => item.lane))) this.#askLate(lane);
  }

  /** The end of its attempt is written. `waits`: it is offered again, and all behind it waits. */
  settled(item: Item, waits: boolean): void {
    item.row = true;
    this.#pass(item);
    if (!waits) return this.#advance(item);
    this.hasRows = true;
    this.#advance(item);
    this.#askLate(item.lane);
  }

  /** It was cut off: at the next start it begins again. */
  cut(item: Item): void {
    this.#advance(item);
  }

  /** Lanes whose events may have to wait for rows. */
  arrivals(): { ask: LaneArrivals; items: Item[] }[] {
    return [...this.#asked].map(([lane, items]) => ({
      ask: { target: this.#target, lane, places: items.map(({ place }) => place) },
      items: [...items],
    }));
  }

  /** What the store said of arrivals. */
  answered(lane: string, items: readonly Item[], blocked: boolean): void {
    const all = this.#asked.get(lane) ?? [];
    if (blocked) {
      const rest = all.filter((item) => !items.includes(item));
      if (rest.length > 0) this.#asked.set(lane, rest);
      else this.#asked.delete(lane);
      this.gotRows(items);
      return;
    }
    this.#asked.delete(lane);
    const present = this.#lanes.get(lane);
    if (present !== undefined) present.push(...all);
    else if (all.length > 0) this.#begin(lane, all);
  }

  /**
   * What has to get a row, so that the cursor does not stand still: lanes that have held it up for long. `exact`: also all that
   * runs and what stands before that, so that the store knows of each delivery how it stands.
   */
  blocking(exact: boolean, now: number): Item[] {
    const last = this.#window.findLastIndex(({ passed, running }) => passed || (exact && running));
    const before = this.#window
      .slice(0, last + 1)
      .filter(({ passed, held, lane }) => !passed && !held && !this.#asked.has(lane));
    const late = exact ? before : before.filter(({ at }) => now - at >= longestWait);
    const lanes = new Set(late.map(({ lane }) => lane));
    // A lane as a whole: what is behind must not overtake.
    return [...lanes].flatMap((lane) =>
      (this.#lanes.get(lane) ?? []).filter(({ row, held, passed }) => !row && !held && !passed),
    );
  }

  /** What was taken since it was asked last. */
  successes(): Success[] {
    return this.#successes.splice(0);
  }

  /** It could not be written. */
  putBack(successes: readonly Success[]): void {
    this.#successes.unshift(...successes);
  }

  /** Lets go of all that does not run: it is read from the log again, where it may be gone. */
  reload(): void {
    const dropped = this.#window.filter(({ passed, running }) => !passed && !running);
    const [first] = dropped;
    if (first === undefined) return;
    for (const item of dropped) this.#leave(item);
    this.#window = this.#window.filter((item) => !dropped.includes(item));
    for (const item of dropped) {
      item.passed = true; // what is under way for it concerns nobody
      this.#close(item.size);
    }
    this.loaded = Math.min(this.loaded, first.place - 1);
  }

  /**
   * A lane became part of another. All that does not run is read from the log again, in the order that holds now. False when
   * nothing had to be done.
   */
  move({ from, to }: LaneMove): boolean {
    const isHere = (lane: string): boolean => this.#lanes.has(lane) || this.#asked.has(lane);
    // What has rows may have got others before it.
    if (!isHere(from) && !(this.hasRows && isHere(to))) return false;
    this.reload();
    const moved = this.#lanes.get(from) ?? [];
    this.#lanes.delete(from);
    for (const item of moved) item.lane = to;
    const items = [...(this.#lanes.get(to) ?? []), ...moved].toSorted(
      (one, other) => Number(other.running) - Number(one.running) || one.place - other.place,
    );
    this.#ready = this.#ready.filter((each) => each !== moved && each !== this.#lanes.get(to));
    this.#lanes.delete(to);
    if (items.length > 0) this.#lanes.set(to, items);
    if (items[0]?.running === false && !items[0].held) this.#ready.push(items);
    return true;
  }

  /**
   * A row was written in this lane. An event that arrived during the write is not in the store's answer and must not
   * overtake the row: it asks the store like any other arrival, in front of what asks already.
   */
  #askLate(lane: string): void {
    const items = this.#lanes.get(lane);
    if (items === undefined) return;
    const isLate = ({ row, running, held }: Item) => !row && !running && !held;
    const late = items.filter(isLate);
    if (late.length === 0) return;
    this.#asked.set(lane, [...late, ...(this.#asked.get(lane) ?? [])]);
    // `#ready` holds the same list.
    items.splice(0, items.length, ...items.filter((item) => !isLate(item)));
    if (items.length > 0) return;
    this.#lanes.delete(lane);
    this.#ready = this.#ready.filter((each) => each !== items);
  }

  #has(place: number): boolean {
    const last = this.#window.at(-1);
    return last !== undefined && last.place >= place && this.#window.some((item) => item.place === place);
  }

  #begin(lane: string, items: Item[]): void {
    this.#lanes.set(lane, items);
    this.#ready.push(items);
  }

  #insert(item: Item): void {
    const last = this.#window.at(-1);
    this.#window.push(item);
    if (last !== undefined && last.place > item.place) this.#window.sort((a, b) => a.place - b.place);
    this.#open += 1;
    this.#bytes += item.size;
  }

  #close(size: number): void {
    this.#open -= 1;
    this.#bytes -= size;
  }

  #pass(item: Item): void {
    if (item.passed || item.dueAt !== null) return;
    item.passed = true;
    this.#close(item.size);
    // What lies behind `loaded` is read again, and known by this.
    const first = this.#window.findIndex(({ passed, place }) => !passed || place > this.loaded);
    if (first === -1) this.#window = [];
    else if (first > 0) this.#window.splice(0, first);
  }

  /** The head of a lane is done with: the next may begin. */
  #advance(item: Item): void {
    const items = this.#lanes.get(item.lane);
    if (items === undefined) return;
    const wasHead = items[0] === item;
    const at = items.indexOf(item);
    if (at !== -1) items.splice(at, 1);
    if (items.length === 0) this.#lanes.delete(item.lane);
    else if (wasHead && items[0]?.running !== true) this.#ready.push(items);
  }

  /** Out of its lane, wherever it stands in it. */
  #leave(item: Item): void {
    const asked = this.#asked.get(item.lane);
    if (asked?.includes(item)) {
      if (asked.length === 1) this.#asked.delete(item.lane);
      else asked.splice(asked.indexOf(item), 1);
      return;
    }
    const items = this.#lanes.get(item.lane);
    const at = items?.indexOf(item) ?? -1;
    if (items === undefined || at === -1) return;
    items.splice(at, 1);
    if (items.length > 0) return;
    this.#lanes.delete(item.lane);
    this.#ready = this.#ready.filter((each) => each !== items);
  }
}
