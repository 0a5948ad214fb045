import type { Claim, Outcome, Settlement } from "../ports/deliveries.ts";
import type { BotEvent } from "../model/events/events.ts";
import { afterFailure, restFor, type Schedule, webhookSchedule } from "../policy/retry.ts";
import type { Source, Target } from "../model/events/targets.ts";

/** What a target may know of the attempt it is asked for. */
export interface Attempt {
  /** From 1; counts every attempt ever begun, those a crash interrupted too. */
  readonly number: number;
  readonly source: Source;
  /** Aborted when the courier cannot wait any longer. */
  readonly signal: AbortSignal;
}

/** Hands an event over. A throw is a failed attempt like any other. */
export type Deliver = (event: BotEvent, attempt: Attempt) => Promise<Outcome>;

export interface TargetOptions {
  /** How many chats are served at once. */
  parallel?: number;
  schedule?: Schedule;
  /** When it was last heard of, it failed: it has to share connections with others of that kind. */
  failing?: boolean;
  /** Hears which deliveries are dead, once that is written down. */
  deadLettered?: (dead: readonly Settlement[]) => void;
}

/**
 * After so many failures in a row a target is served one chat at a time until it takes something: one that hangs must
 * not use up the connections of all others.
 */
const struggling = 8;

/** A failure that took so long held a connection that others could have used, milliseconds. */
const long = 1_000;

/** `ok`; `degraded`: one chat at a time, since it keeps failing; `backing_off`: not now, as it asked. */
export type TargetHealth = "ok" | "degraded" | "backing_off";

/** One target as the courier sees it. Times are the courier's. */
export class TargetState {
  readonly schedule: Schedule;
  readonly deadLettered: (dead: readonly Settlement[]) => void;
  paused = false;
  readonly #parallel: number;
  /** Claimed and not yet settled on disk. */
  #busy: number;
  /** Something may be due: ask the store. */
  #dirty = true;
  /** When the next delivery falls due, as far as is known. */
  #dueAt = Infinity;
  /** The target asked to be left alone until then. */
  #restUntil = 0;
  #lastSuccess = -Infinity;
  #failedInRow = 0;
  #slow: boolean;

  constructor(
    readonly target: Target,
    readonly deliver: Deliver,
    { parallel = 32, schedule = webhookSchedule, failing = false, deadLettered = () => {} }: TargetOptions,
    before: TargetState | undefined,
  ) {
    this.#parallel = parallel;
    this.schedule = schedule;
    this.#slow = failing;
    this.deadLettered = deadLettered;
    this.#busy = before === undefined ? 0 : before.#busy;
  }

  /** How many of its deliveries are claimed and not yet settled on disk. */
  get busy(): number {
    return this.#busy;
  }

  get restUntil(): number {
    return this.#restUntil;
  }

  /** Its last attempt failed, and not quickly: it hangs, or nobody is there. */
  get isSlow(): boolean {
    return this.#slow;
  }

  health(now: number): TargetHealth {
    if (this.#restUntil > now) return "backing_off";
    return this.#struggles ? "degraded" : "ok";
  }

  markDirty(): void {
    this.#dirty = true;
  }

  resume(): void {
    this.paused = false;
    this.#restUntil = 0;
    this.#dirty = true;
  }

  /** Whether something may be due that it may have. */
  isDue(now: number): boolean {
    const due = this.#dirty || this.#dueAt <= now || (this.#restUntil > 0 && this.#restUntil <= now);
    return !this.paused && due && this.#restUntil <= now;
  }

  /** How many deliveries it could take up now, of which at most `share` at once; then the store is asked. */
  want(now: number, share: number): number {
    if (!this.isDue(now)) return 0;
    const free = this.#free(share);
    if (free <= 0) return 0;
    this.#restUntil = 0;
    this.#dirty = false; // before the store is asked: what is stirred meanwhile must count
    return free;
  }

  /** What the store said: whether there was as much as was wanted, and when the next falls due. */
  asked(full: boolean, dueAt: number): void {
    this.#dueAt = dueAt;
    if (full) this.#dirty = true;
  }

  /** When to look again though nothing happens. A desk without a free hand is stirred when one is. */
  alarm(share: number): number {
    if (this.paused || this.#free(share) <= 0) return Infinity;
    return this.#restUntil > 0 ? this.#restUntil : this.#dueAt;
  }

  begin(): void {
    this.#busy += 1;
  }

  /** An attempt is settled, or cut off: the next of its lane may be due now. */
  end(): void {
    this.#busy = Math.max(0, this.#busy - 1);
    this.#dirty = true;
  }

  /** What follows from an attempt. `took`: milliseconds; `freshFor`: how long the event is worth anything; `chance`: 0 to 1. */
  judge(
    { failures }: Claim,
    outcome: Outcome,
    { now, took, freshFor, chance }: { now: number; took: number; freshFor: number; chance: number },
  ): Settlement["next"] {
    this.#slow = !outcome.ok && took >= long;
    if (outcome.ok) {
      this.#lastSuccess = now;
      this.#failedInRow = 0;
      return { stage: "delivered" };
    }
    this.#failedInRow += 1;
    const { delays, jitter } = this.schedule;
    const waited = (delays[failures] ?? 0) * (1 + jitter);
    const othersPass = this.#lastSuccess >= now - waited;
    const failed = { outcome, failures: failures + 1, othersPass, freshFor, now, chance };
    const next = afterFailure(this.schedule, failed);
    // As long as it asked, not until this event is offered again: that may be a day away.
    const { retryAfter } = outcome;
    if (retryAfter !== undefined) this.#restUntil = Math.max(this.#restUntil, now + restFor(retryAfter));
    return next;
  }

  #free(share: number): number {
    return (this.#struggles ? 1 : Math.min(this.#parallel, share)) - this.#busy;
  }

  get #struggles(): boolean {
    return this.#failedInRow >= struggling;
  }
}
