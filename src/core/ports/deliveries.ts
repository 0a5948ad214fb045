import type { BotEvent } from "../model/events/events.ts";
import type { Source, Target } from "../model/events/targets.ts";

/**
 * The log is the queue. Each target has a cursor: every event up to that place which is owed to the target was delivered,
 * or has a row. Rows are the exceptions: what failed, what waits behind it, what was asked for again, what takes long.
 *
 * Where a delivery with a row is:
 *
 *     blocked ─ the one before it in its lane is settled → due ─ claimed → running ─┬→ delivered
 *                                                           ↑                       ├→ dead ─ redeliver → due
 *                                                           └──── failed, again ────┘
 *
 * A lane is what must stay in order: the events of one chat for one target. Only its head is ever due or running, and of a target
 * that wants bursts those behind it which are in the same delivery. One
 * without a row is delivered up to the cursor, and `due` or `blocked` behind it.
 */
export const deliveryStages = ["blocked", "due", "running", "delivered", "dead"] as const;
export type DeliveryStage = (typeof deliveryStages)[number];

/** What was read of a receiver's answer. */
export interface ReadAnswer {
  readonly text: string;
  /** `cut`: there was more to it, or it was not here in time. `charset`: it is not in the character set that it names. */
  readonly fault: "cut" | "charset" | null;
}

/** What became of one attempt, as its target tells it. Everything but `ok` may be missing. */
export interface Outcome {
  ok: boolean;
  /** HTTP status, where there was one. */
  status?: number | null;
  /** Why it failed, for people. */
  error?: string | null;
  /** The beginning of the answer, at most 2 KB. */
  response?: string | null;
  /** The answer as far as it was read, when replies are looked for in it; never kept. */
  answer?: ReadAnswer;
  /** Milliseconds the target asks us to wait. */
  retryAfter?: number;
  /** Trying again is pointless: bury it now. */
  final?: boolean;
}

/** An event that is owed to somebody, with its place in the log. */
export interface OwedEvent {
  /** Rises in the order in which events can be read: a store with several writers shows none before all lower ones. */
  readonly place: number;
  readonly lane: string;
  readonly event: BotEvent;
  readonly source: Source;
  readonly targets: readonly Target[];
  /** About how many bytes it takes. */
  readonly size: number;
}

/** A lane that became part of another: two chats turned out to be one person's. */
export interface LaneMove {
  readonly from: string;
  readonly to: string;
}

/**
 * What one commit added to the log: the events behind `after`, up to `last`, and those of them that are owed. `moves` come before
 * the events.
 */
export interface Written {
  readonly after: number;
  readonly last: number;
  readonly owed: readonly OwedEvent[];
  readonly moves?: readonly LaneMove[];
}

/** A part of the log. */
export interface LogSlice {
  readonly events: OwedEvent[];
  /** Up to here nothing else is owed. */
  readonly last: number;
  /** Where the log ends. */
  readonly head: number;
}

/** A delivery that has a row, in the courier's hands. */
export interface Claim {
  /** The event's place among all events: with `target` it names the delivery. */
  readonly place: number;
  readonly target: Target;
  readonly lane: string;
  /** This attempt's number, from 1; counts every attempt ever begun, interrupted ones too. */
  readonly attempt: number;
  /** How many attempts of the present round failed before this one: the place in the schedule. */
  readonly failures: number;
  /** When it fell due, or falls due: a probe comes before its time. */
  readonly dueAt: number;
  readonly event: BotEvent;
  readonly source: Source;
  /** About how many bytes it takes. */
  readonly size: number;
  /** The place of what it goes with as one delivery, before it in its lane; null: it is the first. */
  readonly follows: number | null;
}

/**
 * What follows from an attempt; `probed`: it failed before its time, so it does not count. `behind`: another of its lane
 * that was in the same delivery comes first.
 */
export type AfterAttempt =
  | { stage: "delivered" }
  | { stage: "due"; at: number; probed?: true; behind?: true }
  | { stage: "dead"; reason: string };

/** How an attempt ended, to be written. */
export interface Settlement {
  readonly place: number;
  readonly target: Target;
  readonly lane: string;
  readonly attempt: number;
  readonly event: BotEvent;
  /** Whether the delivery has a row; one that has none gets one now. */
  readonly row: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly duration: number;
  readonly outcome: Outcome;
  readonly next: AfterAttempt;
}

/** A delivery that gets a row: its attempt runs, or it is the first of its lane, or it waits behind one that has a row. */
export interface Held {
  readonly place: number;
  readonly target: Target;
  readonly lane: string;
  readonly stage: "running" | "due" | "blocked";
}

/** Events of a lane in which deliveries may wait. */
export interface LaneArrivals {
  readonly target: Target;
  readonly lane: string;
  readonly places: readonly number[];
}

/** A first attempt that was taken. */
export interface Success {
  readonly place: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly duration: number;
  readonly status: number | null;
}

/** What the courier tells the store and asks of it in one go; the parts take effect in this order. */
export interface Exchange {
  readonly settled: readonly Settlement[];
  readonly held: readonly Held[];
  /** Where an open delivery stands before them they become `blocked` rows; else the courier delivers them. */
  readonly arrivals: readonly LaneArrivals[];
  readonly delivered: ReadonlyMap<Target, readonly Success[]>;
  readonly cursors: ReadonlyMap<Target, number>;
  /** What waits for its next attempt is due now; true: with its whole schedule before it. */
  readonly opened: ReadonlyMap<Target, boolean>;
  /** How many due deliveries to claim. */
  readonly want: ReadonlyMap<Target, number>;
  /** How many of a lane are claimed at once, to go as one delivery; 1 where a target is not named. */
  readonly together: ReadonlyMap<Target, number>;
  /** Of each the first delivery behind this place that waits for its next attempt, due or not; else the very first. */
  readonly probes: ReadonlyMap<Target, number>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Exchanged {
  readonly claims: Claim[];
  /** For each of the arrivals, whether they are `blocked` now. */
  readonly blocked: readonly boolean[];
  /** The targets that were spoken of and have open rows, and when the next of these falls due; null: all of them run. */
  readonly open: ReadonlyMap<Target, number | null>;
}

/** Deliveries as the courier needs them. */
export interface Deliveries {
  /** Where each of these targets stands in the log, and where it ends. One that was never owed anything stands there. */
  cursors(targets: readonly Target[]): Promise<{ cursors: ReadonlyMap<Target, number>; head: number }>;
  /** What is owed to `target` and has no row, or to anybody; what is shown survives a power cut. */
  read(query: { target: Target | null; after: number; limit: number }): Promise<LogSlice>;
  exchange(ask: Exchange): Promise<Exchanged>;
  /** At start: what was running is due again, its attempt noted as interrupted. Returns how many there were. */
  release(now: number): Promise<number>;
  /** What waits for its next attempt is due now, with its whole schedule before it. */
  hasten(target: Target, now: number): Promise<void>;
  /** What is due further away than `longest` ms, by a wall clock that was wrong, is due now. */
  pullIn(now: number, longest: number): Promise<void>;
}
