import type { BotEvent } from "../model/events/events.ts";
import type { Source, Target } from "../model/events/targets.ts";

/**
 * Where a delivery is:
 *
 *     blocked ─ the one before it in its lane is settled → due ─ claimed → running ─┬→ delivered
 *                                                           ↑                       ├→ dead ─ redeliver → due
 *                                                           └──── failed, again ────┘
 *
 * A lane is what must stay in order: the events of one chat for one target. Only its head is ever due or running.
 */
export const deliveryStages = ["blocked", "due", "running", "delivered", "dead"] as const;
export type DeliveryStage = (typeof deliveryStages)[number];

/** What became of one attempt, as its target tells it. Everything but `ok` may be missing. */
export interface Outcome {
  ok: boolean;
  /** HTTP status, where there was one. */
  status?: number | null;
  /** Why it failed, for people. */
  error?: string | null;
  /** The beginning of the answer, at most 2 KB. */
  response?: string | null;
  /** Milliseconds the target asks us to wait. */
  retryAfter?: number;
  /** Trying again is pointless: bury it now. */
  final?: boolean;
}

/** A delivery in the courier's hands. */
export interface Claim {
  /** The event's place among all events: with `target` it names the delivery. */
  readonly place: number;
  readonly target: Target;
  readonly lane: string;
  /** This attempt's number, from 1; counts every attempt ever begun, interrupted ones too. */
  readonly attempt: number;
  /** How many attempts of the present round failed before this one: the place in the schedule. */
  readonly failures: number;
  readonly event: BotEvent;
  readonly source: Source;
}

/** How an attempt ended, to be written. */
export interface Settlement {
  readonly place: number;
  readonly target: Target;
  readonly lane: string;
  readonly attempt: number;
  readonly event: BotEvent;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly duration: number;
  readonly outcome: Outcome;
  readonly next: { stage: "delivered" } | { stage: "due"; at: number } | { stage: "dead"; reason: string };
}

/** What the courier asks of the store in one go: write these endings, and give me this many more. */
export interface Exchange {
  readonly settled: readonly Settlement[];
  readonly want: ReadonlyMap<Target, number>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Exchanged {
  readonly claims: Claim[];
  /** When the next delivery of a wanted target falls due that could not be claimed yet; absent when none waits. */
  readonly next: ReadonlyMap<Target, number>;
}

/** Deliveries as the courier needs them. */
export interface Deliveries {
  exchange(ask: Exchange): Promise<Exchanged>;
  /** At start: what was running is due again, its attempt noted as interrupted. Returns how many there were. */
  release(now: number): Promise<number>;
  /** What waits for its next attempt is due now, with its whole schedule before it. */
  hasten(target: Target, now: number): Promise<void>;
  /** What is due further away than `longest` ms, by a wall clock that was wrong, is due now. */
  pullIn(now: number, longest: number): Promise<void>;
}
