import type { Clock } from "./clock.ts";
import type { Claim, Deliveries, Outcome, Settlement } from "./deliveries.ts";
import { type BotEvent, liveOnly } from "./events.ts";
import type { Log } from "./log.ts";
import { afterFailure, liveFor, longest, type Schedule, webhookSchedule } from "./retry.ts";
import { steady } from "./steady.ts";
import type { Source, Target } from "./targets.ts";

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
}

export interface CourierPorts {
  deliveries: Deliveries;
  clock: Clock;
  log: Log;
  /** 0 to 1, for jitter. */
  random?: () => number;
}

/** One target as the courier sees it. */
interface Desk {
  readonly target: Target;
  readonly deliver: Deliver;
  readonly parallel: number;
  readonly schedule: Schedule;
  /** Claimed and not yet settled on disk. */
  busy: number;
  paused: boolean;
  /** Something may be due: ask the store. */
  stirred: boolean;
  /** When the next delivery falls due, as far as is known. */
  dueAt: number;
  /** The target asked to be left alone until then. */
  restUntil: number;
  lastSuccess: number;
  /** Attempts that failed since. */
  failedInRow: number;
}

/**
 * After so many failures in a row a target is served one chat at a time until it takes something: one that hangs must
 * not use up the connections of all others.
 */
const struggling = 8;

/** Attempts at once over all targets: the runtime makes 256 requests at a time, and others need some too. */
const allAtOnce = 192;

/** How long to wait before asking a disk again that refused. */
const diskPause = 1_000;

/**
 * Brings events to their targets: in order within a chat, chats in parallel, no target in another's way. It asks the
 * store when something was committed, when an attempt ended and when the next retry falls due, and sleeps otherwise.
 */
export class Courier {
  readonly #desks = new Map<Target, Desk>();
  /** The time that due deliveries go by. */
  readonly now: () => number;
  readonly #abort = new AbortController();
  #settled: Settlement[] = [];
  #turnAsked = false;
  #turning = false;
  #started = false;
  #stopping = false;
  #cancelAlarm = (): void => {};
  #whenIdle: (() => void)[] = [];

  constructor(private readonly ports: CourierPorts) {
    this.now = steady(ports.clock);
  }

  /** Takes up what an earlier process left. Targets may be added before and after. */
  async start(): Promise<void> {
    const { deliveries, log } = this.ports;
    const interrupted = await deliveries.release(this.now());
    if (interrupted > 0) log.info({ interrupted }, "deliveries taken up again");
    await deliveries.pullIn(this.now(), longest(webhookSchedule));
    this.#started = true;
    this.wake();
  }

  /** From now on `target` gets what is owed to it. Replaces an earlier one of that name. */
  add(target: Target, deliver: Deliver, { parallel = 32, schedule = webhookSchedule }: TargetOptions = {}): void {
    const fresh = {
      busy: 0,
      paused: false,
      stirred: true,
      dueAt: Infinity,
      restUntil: 0,
      lastSuccess: -Infinity,
      failedInRow: 0,
    };
    const { busy = 0 } = this.#desks.get(target) ?? {};
    this.#desks.set(target, { ...fresh, target, deliver, parallel, schedule, busy });
    this.#ask();
  }

  /** No attempt begins any more; what is owed stays owed. */
  remove(target: Target): void {
    this.#desks.delete(target);
  }

  /** Holds deliveries back until `resume`, without losing any. */
  pause(target: Target): void {
    const desk = this.#desks.get(target);
    if (desk !== undefined) desk.paused = true;
  }

  resume(target: Target): void {
    const desk = this.#desks.get(target);
    if (desk === undefined) return;
    Object.assign(desk, { paused: false, restUntil: 0 });
    this.wake();
  }

  /** Something new may be owed: call it after every commit. Cheap. */
  wake(): void {
    for (const desk of this.#desks.values()) desk.stirred = true;
    this.#ask();
  }

  /** Waits `ms` for the attempts that run; then they are cut off, and begin again at the next start. */
  async stop(ms: number): Promise<void> {
    if (!this.#started) return;
    this.#stopping = true;
    this.#cancelAlarm();
    const late = new Promise<void>((resolve) => {
      this.#whenIdle.push(this.ports.clock.after(ms, () => (this.#abort.abort(), resolve())));
    });
    await Promise.race([this.idle(), late]);
    this.#started = false;
  }

  /** Resolves when no attempt runs and every ending is written. */
  async idle(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  #isIdle(): boolean {
    if (this.#turning || this.#turnAsked || this.#settled.length > 0) return false;
    return [...this.#desks.values()].every(({ busy }) => busy === 0);
  }

  /** Once per round of the event loop, however often it is asked: so outcomes and claims share a transaction. */
  #ask(): void {
    if (this.#turnAsked || !this.#started) return;
    this.#turnAsked = true;
    setImmediate(() => void this.#turn());
  }

  async #turn(): Promise<void> {
    if (this.#turning) return; // it asks again at its end
    this.#turnAsked = false;
    this.#turning = true;
    const settled = this.#settled;
    this.#settled = [];
    try {
      await this.#exchange(settled);
    } catch (error) {
      this.#settled.unshift(...settled);
      this.ports.log.error({ err: error }, "deliveries wait: the store refuses");
      this.#wakeAt(this.now() + diskPause);
    }
    this.#turning = false;
    if (this.#turnAsked) setImmediate(() => void this.#turn());
    else if (this.#isIdle()) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  async #exchange(settled: Settlement[]): Promise<void> {
    const now = this.now();
    const want = this.#wanted(now);
    if (settled.length === 0 && want.size === 0) return this.#setAlarm();
    const { claims, next } = await this.ports.deliveries.exchange({ settled, want, now });
    for (const { target } of settled) this.#free(target);
    for (const [target, limit] of want) {
      const desk = this.#desks.get(target);
      if (desk === undefined) continue;
      desk.dueAt = next.get(target) ?? Infinity;
      if (claims.filter((claim) => claim.target === target).length === limit) desk.stirred = true;
    }
    for (const claim of claims) void this.#attempt(claim);
    this.#setAlarm();
  }

  #wanted(now: number): Map<Target, number> {
    const want = new Map<Target, number>();
    if (this.#stopping) return want;
    for (const desk of this.#desks.values()) {
      const free = this.#lanesOf(desk) - desk.busy;
      const due = desk.stirred || desk.dueAt <= now || (desk.restUntil > 0 && desk.restUntil <= now);
      if (desk.paused || !due || free <= 0 || desk.restUntil > now) continue;
      Object.assign(desk, { restUntil: 0, stirred: false }); // before the store is asked: a wake meanwhile must count
      want.set(desk.target, free);
    }
    return want;
  }

  /** How many chats a target is served at once: its share, or one while it struggles. */
  #lanesOf({ failedInRow, parallel }: Desk): number {
    if (failedInRow >= struggling) return 1;
    return Math.max(1, Math.min(parallel, Math.floor(allAtOnce / this.#desks.size)));
  }

  #free(target: Target): void {
    const desk = this.#desks.get(target);
    if (desk === undefined) return;
    desk.busy = Math.max(0, desk.busy - 1);
    desk.stirred = true; // the next of its lane may be due now
    this.#ask();
  }

  async #attempt(claim: Claim): Promise<void> {
    const desk = this.#desks.get(claim.target);
    if (desk === undefined) return; // removed meanwhile: released at the next start
    desk.busy += 1;
    const startedAt = this.now();
    const outcome = await this.#outcomeOf(desk, claim);
    if (this.#abort.signal.aborted && !outcome.ok) return this.#free(claim.target);
    const now = this.now();
    const { place, target, lane, attempt } = claim;
    const next = outcome.ok ? ({ stage: "delivered" } as const) : this.#afterFailure(desk, claim, outcome, now);
    if (outcome.ok) Object.assign(desk, { lastSuccess: now, failedInRow: 0 });
    else desk.failedInRow += 1;
    this.#settled.push({ place, target, lane, attempt, startedAt, duration: now - startedAt, outcome, next });
    this.#ask();
  }

  async #outcomeOf(desk: Desk, { event, source, attempt }: Claim): Promise<Outcome> {
    if (this.#staleAt(event) < this.ports.clock.now()) return { ok: false, final: true, error: "no longer true" };
    try {
      return await desk.deliver(event, { number: attempt, source, signal: this.#abort.signal });
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }

  #afterFailure(desk: Desk, claim: Claim, outcome: Outcome, now: number): Settlement["next"] {
    const failures = claim.failures + 1;
    const before = desk.schedule.delays[claim.failures] ?? 0;
    const chance = (this.ports.random ?? Math.random)();
    const staleAt = liveOnly.has(claim.event.type) ? this.#staleAt(claim.event) : null;
    const othersPass = desk.lastSuccess >= now - before * (1 + desk.schedule.jitter);
    const next = afterFailure(desk.schedule, { outcome, failures, othersPass, staleAt, now, chance });
    if (outcome.retryAfter !== undefined && next.stage === "due") desk.restUntil = Math.max(desk.restUntil, next.at);
    return next;
  }

  #staleAt(event: BotEvent): number {
    return liveOnly.has(event.type) ? Date.parse(event.timestamp) + liveFor : Infinity;
  }

  #setAlarm(): void {
    let at = Infinity;
    for (const { paused, restUntil, dueAt } of this.#desks.values()) {
      if (!paused) at = Math.min(at, restUntil > 0 ? restUntil : dueAt);
    }
    this.#wakeAt(at);
  }

  #wakeAt(at: number): void {
    this.#cancelAlarm();
    if (at === Infinity || this.#stopping) return;
    this.#cancelAlarm = this.ports.clock.after(Math.max(0, at - this.now()), () => this.#ask());
  }
}
