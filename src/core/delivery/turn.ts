import type {
  LaneArrivals,
  Exchange,
  Exchanged,
  Held,
  AfterAttempt,
  Outcome,
  Settlement,
  Success,
} from "../ports/deliveries.ts";
import type { Item } from "./lane-queue.ts";
import type { TargetState } from "./target-state.ts";
import type { Target } from "../model/events/targets.ts";

/** How an attempt ended. */
export interface Ending {
  /** Null of a target that is gone. */
  readonly state: TargetState | null;
  readonly item: Item;
  readonly outcome: Outcome;
  readonly startedAt: number;
  readonly duration: number;
  readonly next: AfterAttempt;
}

/** Whether what was taken is to be written down; `exact`: of each delivery how it stands. */
export type FlushMode = "no" | "lazy" | "exact";

/** A cursor that nothing else moves is written when it has fallen so far behind. */
const longestLag = 500;

/** What one turn tells the store and asks of it, and what follows when it has answered or refused. */
export class Turn {
  /** Those that the store is asked for rows of. */
  readonly reserved = new Map<TargetState, number>();
  readonly probed = new Set<TargetState>();
  /** Those whose rows change, or are asked for. */
  readonly spoken = new Set<TargetState>();
  readonly #endings: Ending[] = [];
  readonly #held: { state: TargetState; items: Item[]; held: Held[] }[] = [];
  readonly #arrivals: { state: TargetState; ask: LaneArrivals; items: Item[] }[] = [];
  readonly #delivered = new Map<TargetState, Success[]>();
  readonly #cursors = new Map<TargetState, number>();
  readonly #opened = new Map<TargetState, boolean>();

  constructor(readonly now: number) {}

  get isEmpty(): boolean {
    const parts = [this.reserved, this.#delivered, this.#cursors, this.#opened];
    return (
      parts.every(({ size }) => size === 0) &&
      [this.#endings, this.#held, this.#arrivals].every((each) => each.length === 0)
    );
  }

  /** How much that was taken this writes down. */
  get successes(): number {
    return [...this.#delivered.values()].reduce((sum, { length }) => sum + length, 0);
  }

  end(ending: Ending): void {
    const { state, item, next } = ending;
    this.#endings.push(ending);
    if (state === null) return;
    this.spoken.add(state);
    if (next.stage === "due") this.#hold(state, state.queue.behind(item));
  }

  arrivals(state: TargetState): void {
    for (const each of state.queue.arrivals()) {
      this.#arrivals.push({ state, ...each });
      this.spoken.add(state);
    }
  }

  want(state: TargetState, count: number): void {
    this.reserved.set(state, count);
    this.spoken.add(state);
  }

  probe(state: TargetState): void {
    this.probed.add(state);
    this.want(state, 1);
  }

  /** Writes down what was taken, and moves the cursor behind it. */
  flush(state: TargetState, exact: boolean): void {
    const { queue } = state;
    this.#hold(state, queue.blocking(exact, this.now));
    const rows = new Set(this.#held.filter((each) => each.state === state).flatMap(({ items }) => items));
    for (const { item } of this.#endings) if (item.target === state.target) rows.add(item);
    const successes = queue.successes();
    if (successes.length > 0) this.#delivered.set(state, successes);
    const cursor = queue.cursor(rows);
    const moved =
      cursor > state.written && (successes.length > 0 || rows.size > 0 || cursor - state.written >= longestLag);
    if (moved && state.placed) this.#cursors.set(state, cursor);
  }

  ask(): Exchange {
    for (const { state } of this.#endings) {
      const opens = state?.opened();
      if (state && opens) this.#opened.set(state, opens.anew);
    }
    return {
      settled: this.#endings.map((ending) => settlementOf(ending)),
      held: this.#held.flatMap(({ held }) => held),
      arrivals: this.#arrivals.map(({ ask }) => ask),
      delivered: byTarget(this.#delivered),
      cursors: byTarget(this.#cursors),
      opened: byTarget(this.#opened),
      together: byTarget(
        new Map([...this.reserved.keys()].flatMap((state) => (state.together > 1 ? [[state, state.together]] : []))),
      ),
      want: byTarget(new Map([...this.reserved].filter(([state]) => !this.probed.has(state)))),
      probes: byTarget(new Map([...this.probed].map((state) => [state, state.probedAt]))),
      now: this.now,
    };
  }

  /** It is written. Returns what ended. */
  written({ blocked }: Exchanged): Ending[] {
    for (const { state, items } of this.#held) state.queue.gotRows(items);
    for (const [at, { state, ask, items }] of this.#arrivals.entries())
      state.queue.answered(ask.lane, items, blocked[at] ?? false);
    for (const [state, cursor] of this.#cursors) state.written = cursor;
    return this.#endings;
  }

  /** What is dead, by target. */
  dead(): Map<Target, Settlement[]> {
    const dead = this.#endings.filter(({ next }) => next.stage === "dead").map((ending) => settlementOf(ending));
    return Map.groupBy(dead, ({ target }) => target);
  }

  /** The store refused. Returns what ended and has to be written in the next turn. */
  undo(): Ending[] {
    for (const { state, items } of this.#held) state.queue.release(items);
    for (const [state, successes] of this.#delivered) state.queue.putBack(successes);
    return this.#endings;
  }

  #hold(state: TargetState, items: Item[]): void {
    const free = items.filter(({ held, row }) => !held && !row);
    if (free.length === 0) return;
    this.spoken.add(state);
    this.#held.push({ state, items: free, held: state.queue.hold(free) });
  }
}

function settlementOf({ item, outcome, startedAt, duration, next }: Ending): Settlement {
  const { place, target, lane, attempt, event, row } = item;
  return { place, target, lane, attempt, event, row, startedAt, duration, outcome, next };
}

const byTarget = <Value>(map: ReadonlyMap<TargetState, Value>): Map<Target, Value> =>
  new Map([...map].map(([{ target }, value]) => [target, value]));
