import type { AfterAttempt, Outcome, Settlement } from "../ports/deliveries.ts";
import { minute } from "../base/durations.ts";
import type { BotEvent } from "../model/events/events.ts";
import { afterFailure, restFor, type Schedule, webhookSchedule } from "../policy/retry.ts";
import type { Gathering } from "./gathering.ts";
import { type Item, LaneQueue } from "./lane-queue.ts";
import type { Source, Target } from "../model/events/targets.ts";

/** What a target may know of the attempt it is asked for. */
export interface Attempt {
  /** From 1; counts every attempt ever begun, those a crash interrupted too. */
  readonly number: number;
  readonly source: Source;
  /** All events of this delivery, in order, the first included: several only for a target that gathers them. */
  readonly events: readonly BotEvent[];
  /** Aborted when the courier cannot wait any longer. */
  readonly signal: AbortSignal;
}

/** Hands an event over. A throw is a failed attempt like any other. */
export type Deliver = (event: BotEvent, attempt: Attempt) => Promise<Outcome>;

export interface TargetOptions {
  /** How many chats are served at once. */
  parallel?: number;
  schedule?: Schedule;
  /** While nothing arrives, one of the events that wait is offered after so long a pause, milliseconds; null: none is. */
  probeEvery?: number | null;
  /** How several events become one delivery; null: each is one. */
  gathering?: Gathering | null;
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

/** After so long an outage the failures that it caused are forgotten, milliseconds. */
const outage = 10 * minute;

/** `ok`; `degraded`: one chat at a time, since it keeps failing; `backing_off`: not now, as it asked. */
export type TargetHealth = "ok" | "degraded" | "backing_off";

/**
 * One target as the courier sees it. Times are the courier's.
 *
 *     open ─ an attempt finds nobody there, or eight in a row fail → down ─ something is taken → open
 *
 * While it is down and eight failed, nothing begins but what is due again, and a probe: an event that waits, the oldest
 * first, then in turn. A probe counts for nothing when it fails. What is taken opens the target for all that waits.
 */
export class TargetState {
  readonly deliver: Deliver;
  readonly schedule: Schedule;
  readonly deadLettered: (dead: readonly Settlement[]) => void;
  readonly queue: LaneQueue;
  readonly gathering: Gathering | null;
  paused = false;
  /** It was removed: nothing begins any more. */
  gone = false;
  /** It is given what is offered; else it reads the log. */
  live = false;
  /** Where it stands in the log is known. */
  placed = false;
  /** Where its cursor was written last. */
  written = -1;
  readonly #parallel: number;
  readonly #probeEvery: number | null;
  /** Begun and not yet settled on disk, or about to be claimed. */
  #busy: number;
  /** A row may be due: ask the store. */
  #dirty = true;
  /** When the next row falls due, as far as is known. */
  #dueAt = Infinity;
  /** The target asked to be left alone until then. */
  #restUntil = 0;
  #lastSuccess = -Infinity;
  #failedInRow = 0;
  #failingSince = Infinity;
  /** Of the failures in a row; two are as good as more. */
  readonly #failedLanes = new Set<string>();
  #lastBegin = -Infinity;
  #unreachable: boolean;
  #slow: boolean;
  #probes = 0;
  #probed = 0;
  #opens: { anew: boolean } | null = null;

  constructor(
    readonly target: Target,
    deliver: Deliver,
    { parallel = 32, schedule = webhookSchedule, failing = false, ...options }: TargetOptions,
    before: TargetState | undefined,
  ) {
    this.deliver = deliver;
    this.#parallel = parallel;
    this.schedule = schedule;
    this.#slow = failing;
    this.#unreachable = failing;
    this.#probeEvery = options.probeEvery ?? null;
    this.deadLettered = options.deadLettered ?? (() => {});
    this.gathering = options.gathering ?? null;
    this.#busy = before === undefined ? 0 : before.#busy;
    this.queue = before?.queue ?? new LaneQueue(target);
    this.live = before?.live ?? false;
    this.placed = before?.placed ?? false;
    this.written = before?.written ?? -1;
  }

  /** How many of its deliveries are begun and not yet settled on disk. */
  get busy(): number {
    return this.#busy;
  }

  /** How many of a lane are claimed to go as one delivery. */
  get together(): number {
    return this.gathering?.by === "chat" ? this.gathering.most : 1;
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

  /** Rows may have come, or fallen due. */
  markDirty(): void {
    this.#dirty = true;
    this.queue.hasRows = true;
  }

  resume(): void {
    this.paused = false;
    this.#restUntil = 0;
    this.#lastBegin = -Infinity;
    this.markDirty();
  }

  /** Whether it has to read the log. */
  get wantsLog(): boolean {
    return this.placed && !this.live && !this.paused && !this.gone && this.queue.hasRoom;
  }

  /** Whether something is to be done for it, when there is a free hand. */
  hasWork(now: number): boolean {
    if (this.queue.hasArrivals || this.wantsLog) return true;
    return this.#mayBegin(now) && (this.#isReady(now) || this.#rowsDue(now));
  }

  /** Whether that can be done now. */
  hasMore(now: number, share: number): boolean {
    return this.hasWork(now) && (this.queue.hasArrivals || this.wantsLog || this.#free(share) > 0);
  }

  /** How many rows it could take up now, of which with all else at most `share` run at once; 0: do not ask. */
  want(now: number, share: number): number {
    const free = this.#free(share);
    if (free <= 0 || !this.#mayBegin(now) || !this.#rowsDue(now)) return 0;
    this.#restUntil = 0;
    this.#dirty = false; // before the store is asked: what is stirred meanwhile must count
    return free;
  }

  /** What begins without the store as one delivery; nothing when none may. */
  next(now: number, share: number): Item[] {
    // A hand is left for rows: neither may wait for the end of the other.
    const free = this.#free(share) - (this.#rowsDue(now) && this.#busy > 0 ? 1 : 0);
    if (free <= 0 || !this.#mayBegin(now) || !this.#isReady(now)) return [];
    this.#restUntil = 0;
    return this.queue.next(this.gathering);
  }

  /** Whether it is time to try one that waits. Every fourth time it is one that was never tried, if there is any. */
  probe(now: number): "row" | "new" | null {
    if (now < this.#probeAt || !this.#mayBegin(now)) return null;
    this.#probes += 1;
    this.#lastBegin = now; // one at a time, though the store is asked
    if (!this.queue.hasRows) return "new";
    return this.queue.isReady && this.#probes % 4 === 0 ? "new" : "row";
  }

  /** Behind which place the next probe is looked for. */
  get probedAt(): number {
    return this.#probed;
  }

  probing(place: number): void {
    this.#probed = place;
  }

  /** What the store said: whether rows are open, when the next of them falls due; `full`: there may be more to claim. */
  told(open: boolean, dueAt: number | null, full: boolean): void {
    this.queue.hasRows = open || this.#dirty;
    this.#dueAt = dueAt ?? Infinity;
    if (full) this.#dirty = true;
  }

  /** When to look again though nothing happens. One without a free hand is looked at when one is. */
  alarm(now: number, share: number): number {
    if (this.paused || this.gone || this.#free(share) <= 0) return Infinity;
    if (this.#restUntil > now) return this.#restUntil;
    const gathered = this.#holdsBack ? Infinity : this.queue.readyAt(this.gathering);
    // What may go already is no alarm: it begins with the next free hand.
    return Math.min(this.queue.hasRows ? this.#dueAt : Infinity, this.#probeAt, gathered > now ? gathered : Infinity);
  }

  /** Hands for rows that are about to be claimed. */
  reserve(count: number): void {
    this.#busy += count;
  }

  begin(now: number): void {
    this.#busy += 1;
    this.#lastBegin = now;
  }

  /** An attempt is settled, or cut off: the next of its lane may be due now. */
  end(row: boolean, leads: boolean): void {
    if (leads) this.#busy = Math.max(0, this.#busy - 1);
    if (row) this.#dirty = true;
  }

  /** What follows from an attempt. `took`: milliseconds; `freshFor`: how long the event is worth anything; `chance`: 0 to 1. */
  judge(
    { failures, dueAt, lane, leads }: Item,
    outcome: Outcome,
    { now, took, freshFor, chance }: { now: number; took: number; freshFor: number; chance: number },
  ): AfterAttempt {
    if (outcome.ok) return this.#succeeded(now);
    this.#slow = took >= long;
    // What goes together fails once.
    if (leads) this.#failed(outcome, lane, now);
    if (dueAt !== null && dueAt > now && !outcome.final && freshFor >= 0)
      return { stage: "due", at: dueAt, probed: true };
    const { delays, jitter } = this.schedule;
    const waited = (delays[failures] ?? 0) * (1 + jitter);
    const othersPass = this.#lastSuccess >= now - waited;
    const failed = { outcome, failures: failures + 1, othersPass, freshFor, now, chance };
    return afterFailure(this.schedule, failed);
  }

  /** When what waits is due at once, since the target takes something again; `anew`: with its whole schedule before it. */
  opened(): { anew: boolean } | null {
    const opens = this.#opens;
    this.#opens = null;
    return opens;
  }

  #failed(outcome: Outcome, lane: string, now: number): void {
    this.#failedInRow += 1;
    this.#failingSince = Math.min(this.#failingSince, now);
    if (this.#failedLanes.size < 2) this.#failedLanes.add(lane);
    this.#unreachable = nobodyThere(outcome);
    // As long as it asked, not until this event is offered again: that may be a day away.
    const { retryAfter } = outcome;
    if (retryAfter !== undefined) this.#restUntil = Math.max(this.#restUntil, now + restFor(retryAfter));
  }

  #succeeded(now: number): AfterAttempt {
    // One event that the receiver cannot bear does not come back with every other that it takes.
    const several = this.#failedLanes.size > 1;
    const failingFor = this.#failingSince === Infinity ? 0 : now - this.#failingSince;
    const known = this.#failingSince !== Infinity;
    if (this.#probeEvery !== null && this.isDown && (several || !known || failingFor >= this.#probeEvery))
      this.#opens = { anew: several && failingFor >= outage };
    this.#slow = false;
    this.#lastSuccess = now;
    this.#failedInRow = 0;
    this.#failingSince = Infinity;
    this.#failedLanes.clear();
    this.#unreachable = false;
    this.#probed = 0;
    return { stage: "delivered" };
  }

  /** Nothing arrives: nobody is there, or all that was tried failed. */
  get isDown(): boolean {
    return this.#unreachable || this.#struggles;
  }

  /** Nothing new begins: it would only fail, and have to be written down as that. */
  get #holdsBack(): boolean {
    return this.#struggles && this.#probeEvery !== null;
  }

  #isReady(now: number): boolean {
    return !this.#holdsBack && this.queue.readyAt(this.gathering) <= now;
  }

  get #probeAt(): number {
    const waits = this.queue.isReady || this.queue.hasRows;
    if (this.#probeEvery === null || !this.isDown || this.#busy > 0 || !waits) return Infinity;
    return this.#lastBegin + this.#probeEvery;
  }

  #rowsDue(now: number): boolean {
    return this.queue.hasRows && (this.#dirty || this.#dueAt <= now);
  }

  #mayBegin(now: number): boolean {
    return !this.paused && !this.gone && this.placed && this.#restUntil <= now;
  }

  #free(share: number): number {
    return (this.#struggles ? 1 : Math.min(this.#parallel, share)) - this.#busy;
  }

  get #struggles(): boolean {
    return this.#failedInRow >= struggling;
  }
}

/** No answer, or one that a gateway gave for a receiver which is not there. */
function nobodyThere({ status = null, final = false }: Outcome): boolean {
  return !final && (status === null || status === 502 || status === 503 || status === 504);
}
