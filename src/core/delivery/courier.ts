import { assert } from "../base/failure.ts";
import type { Service } from "../base/service.ts";
import type { Clock } from "../base/clock.ts";
import type { Claim, Deliveries, Outcome, Settlement } from "../ports/deliveries.ts";
import { type Deliver, TargetState, type TargetHealth, type TargetOptions } from "./target-state.ts";
import type { Log } from "../base/log.ts";
import { freshFor, longest, webhookSchedule } from "../policy/retry.ts";
import { AttemptBudget } from "./attempt-budget.ts";
import { monotonicWallClock } from "../base/monotonic-wall-clock.ts";
import type { Target } from "../model/events/targets.ts";

export type { Attempt, Deliver, TargetHealth, TargetOptions } from "./target-state.ts";

export interface CourierPorts {
  deliveries: Deliveries;
  clock: Clock;
  log: Log;
  /** Hears of every attempt that was made, and how many milliseconds it took. */
  attempted?: (target: Target, isTaken: boolean, took: number) => void;
  /** 0 to 1, for jitter. */
  random?: () => number;
}

/** How long to wait before asking a disk again that refused. */
const diskPause = 1_000;
/** How long a stop waits for attempts that run, milliseconds. */
const drainMs = 5_000;

/**
 * Brings events to their targets: in order within a chat, chats in parallel, no target in another's way. It asks the
 * store when something was committed, when an attempt ended and when the next retry falls due, and sleeps otherwise.
 *
 *     new ─ start → asleep ─ something new, an attempt settled, the alarm → asked ─ next round of the loop → turning
 *                     ↑                                                       ↑                                │
 *                     │                                                       ├── asked meanwhile ─────────────┤
 *                     └── nothing asked ──────────────────────────────────────│────────────────────────────────┘
 *     any ─ stop → stopping: no attempt begins; those that run end, or are aborted when the time is over
 *
 * One turn at a time exchanges with the store: endings in, claims out. An ending that the store refuses stays in
 * `#settled` and goes into the next turn, before later ones.
 */
export class Courier implements Service {
  readonly #states = new Map<Target, TargetState>();
  /** The time that due deliveries go by. */
  readonly now: () => number;
  readonly #abort = new AbortController();
  #settled: Settlement[] = [];
  #turnAsked = false;
  #turning = false;
  /** Which target is asked first. */
  #first = 0;
  #started = false;
  #stopping = false;
  #cancelAlarm = (): void => {};
  #whenIdle: (() => void)[] = [];

  readonly #ports: CourierPorts;

  constructor(ports: CourierPorts) {
    this.#ports = ports;
    this.now = monotonicWallClock(ports.clock);
  }

  /** Takes up what an earlier process left. Targets may be added before and after. */
  async start(): Promise<void> {
    const { deliveries, log } = this.#ports;
    const interrupted = await deliveries.release(this.now());
    if (interrupted > 0) log.info({ interrupted }, "deliveries taken up again");
    await deliveries.pullIn(this.now(), longest(webhookSchedule));
    this.#started = true;
    this.wake();
  }

  /** From now on `target` gets what is owed to it. Replaces an earlier one of that name. */
  add(target: Target, deliver: Deliver, options: TargetOptions = {}): void {
    this.#states.set(target, new TargetState(target, deliver, options, this.#states.get(target)));
    this.#ask();
  }

  /** No attempt begins any more; what is owed stays owed. */
  remove(target: Target): void {
    this.#states.delete(target);
  }

  /** Holds deliveries back until `resume`, without losing any. */
  pause(target: Target): void {
    const state = this.#states.get(target);
    if (state !== undefined) state.paused = true;
  }

  resume(target: Target): void {
    this.#states.get(target)?.resume();
    this.#ask();
  }

  /** A new beginning: what failed before is attempted now, and as often as if it never had. */
  async renew(target: Target): Promise<void> {
    await this.#ports.deliveries.hasten(target, this.now());
    this.resume(target);
  }

  /** Until when a target asked to be left alone, by the courier's time; 0 when it did not. */
  restUntil(target: Target): number {
    return this.#states.get(target)?.restUntil ?? 0;
  }

  health(target: Target): TargetHealth {
    return this.#states.get(target)?.health(this.now()) ?? "ok";
  }

  /** Something new is owed to these, or may be to any. */
  wake(targets: Iterable<Target> = this.#states.keys()): void {
    for (const target of targets) this.#states.get(target)?.markDirty();
    this.#ask();
  }

  /** Waits `ms` for the attempts that run; then they are cut off, and begin again at the next start. */
  async stop(ms = drainMs): Promise<void> {
    if (!this.#started) return;
    this.#stopping = true;
    this.#cancelAlarm();
    const late = new Promise<void>((resolve) => {
      this.#whenIdle.push(this.#ports.clock.after(ms, () => (this.#abort.abort(), resolve())));
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
    return [...this.#states.values()].every(({ busy }) => busy === 0);
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
      for (const state of this.#states.values()) state.markDirty();
      this.#ports.log.error({ err: error }, "deliveries wait: the store refuses");
      this.#wakeAt(this.now() + diskPause);
    }
    this.#turning = false;
    if (this.#turnAsked) setImmediate(() => void this.#turn());
    else if (this.#isIdle()) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  async #exchange(settled: Settlement[]): Promise<void> {
    const now = this.now();
    const { want, crowded } = this.#wanted(now);
    if (settled.length === 0 && want.size === 0) return this.#setAlarm();
    const { claims, next } = await this.#ports.deliveries.exchange({ settled, want, now });
    for (const { target } of settled) this.#free(target);
    const dead = Map.groupBy(
      settled.filter(({ next }) => next.stage === "dead"),
      ({ target }) => target,
    );
    for (const [target, list] of dead) this.#states.get(target)?.deadLettered(list);
    for (const [target, limit] of want) {
      const got = claims.filter((claim) => claim.target === target).length;
      assert(got <= limit, "the store claims no more for a target than it was asked for");
      this.#states.get(target)?.asked(got === limit, next.get(target) ?? Infinity);
    }
    for (const claim of claims)
      this.#attempt(claim).catch((error: unknown) => {
        this.#ports.log.error({ err: error }, "a delivery could not be judged");
        this.#giveBack(claim, this.now());
      });
    const all = [...want.values()].reduce((sum, limit) => sum + limit, 0);
    if (crowded && claims.length < all) this.#ask(); // what these left free is for those that found no room
    this.#setAlarm();
  }

  /** Begins with another target each time: where there is not room for all, each has its turn. */
  #wanted(now: number): { want: Map<Target, number>; crowded: boolean } {
    const want = new Map<Target, number>();
    if (this.#stopping) return { want, crowded: false };
    const budget = new AttemptBudget(this.#states);
    const states = [...this.#states.values()];
    this.#first = (this.#first + 1) % Math.max(1, states.length);
    let crowded = false;
    for (const state of [...states.slice(this.#first), ...states.slice(0, this.#first)]) {
      const limit = state.want(now, budget.for(state));
      if (limit > 0) want.set(state.target, limit);
      else crowded ||= state.busy === 0 && state.isDue(now);
      budget.take(state, limit);
    }
    return { want, crowded };
  }

  #free(target: Target): void {
    this.#states.get(target)?.end();
    this.#ask();
  }

  async #attempt(claim: Claim): Promise<void> {
    const state = this.#states.get(claim.target);
    const startedAt = this.now();
    if (state === undefined) return this.#giveBack(claim, startedAt);
    state.begin();
    const outcome = await this.#outcomeOf(state, claim);
    if (this.#abort.signal.aborted && !outcome.ok) return this.#free(claim.target);
    const now = this.now();
    const { place, target, lane, attempt, event } = claim;
    const chance = (this.#ports.random ?? Math.random)();
    const took = now - startedAt;
    this.#ports.attempted?.(target, outcome.ok, took);
    const next = state.judge(claim, outcome, { now, took, freshFor: freshFor(event, this.#ports.clock.now()), chance });
    this.#settled.push({ place, target, lane, attempt, event, startedAt, duration: took, outcome, next });
    this.#ask();
  }

  /** It left while the store was asked; when it comes back, its chats shall not stand still. */
  #giveBack({ place, target, lane, attempt, event }: Claim, now: number): void {
    const outcome: Outcome = { ok: false, error: "not attempted: nobody was there to take it" };
    const next = { stage: "due", at: now } as const;
    this.#settled.push({ place, target, lane, attempt, event, startedAt: now, duration: 0, outcome, next });
    this.#ask();
  }

  async #outcomeOf(state: TargetState, { event, source, attempt }: Claim): Promise<Outcome> {
    if (freshFor(event, this.#ports.clock.now()) < 0) return { ok: false, error: "not attempted: no longer true" };
    try {
      return await state.deliver(event, { number: attempt, source, signal: this.#abort.signal });
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }

  #setAlarm(): void {
    const budget = new AttemptBudget(this.#states);
    this.#wakeAt(
      [...this.#states.values()].reduce((at, state) => Math.min(at, state.alarm(budget.for(state))), Infinity),
    );
  }

  #wakeAt(at: number): void {
    this.#cancelAlarm();
    if (at === Infinity || this.#stopping) return;
    this.#cancelAlarm = this.#ports.clock.after(Math.max(0, at - this.now()), () => this.#ask());
  }
}
