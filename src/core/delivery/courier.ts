import { assert } from "../base/failure.ts";
import type { Service } from "../base/service.ts";
import type { Clock } from "../base/clock.ts";
import type { Claim, Deliveries, Exchanged, LaneMove, Outcome, Written } from "../ports/deliveries.ts";
import { type Deliver, TargetState, type TargetHealth, type TargetOptions } from "./target-state.ts";
import type { Log } from "../base/log.ts";
import { freshFor, longest, webhookSchedule } from "../policy/retry.ts";
import { AttemptBudget } from "./attempt-budget.ts";
import { type Ending, type FlushMode, Turn } from "./turn.ts";
import type { Item } from "./lane-queue.ts";
import { LogFollower } from "./log-follower.ts";
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
/** What was taken is written down after so long, or when it is so much: after a crash that comes again. */
const flushAfter = 500;
const mostUnwritten = 512;
/** How long a commit waits for an earlier one that is offered after it, milliseconds. */
const gapPause = 20;
/** Events read from the log in one go. */
const page = 200;

/**
 * Brings events to their targets: in order within a chat, chats in parallel, no target in another's way. Events are
 * offered to it as they are committed, and what does not fit into memory, or was not offered, it reads from the log.
 *
 *     new ─ start → asleep ─ something offered, an attempt ended, the alarm → asked ─ next round of the loop → round
 *                     ↑                                                         ↑                               │
 *                     │                                                         ├── asked meanwhile ────────────┤
 *                     └── nothing asked ────────────────────────────────────────│───────────────────────────────┘
 *     any ─ stop → stopping: no attempt begins; those that run end, or are aborted when the time is over
 *
 * A round begins what needs nothing of the store; then, unless one is under way, it makes one turn with the store: endings
 * in, claims out. An ending that the store refuses stays in `#ended` and goes into the next turn. What was taken at its
 * first attempt is written down now and then, and nobody waits for it.
 */
export class Courier implements Service {
  readonly #states = new Map<Target, TargetState>();
  /** Removed, and something of them still runs. */
  readonly #leaving = new Map<Target, TargetState>();
  /** Those that something may be done for. */
  readonly #eager = new Set<TargetState>();
  /** Those of whom something runs, or is to be claimed. */
  readonly #working = new Set<TargetState>();
  readonly #alarms = new Map<TargetState, number>();
  readonly #follower = new LogFollower();
  /** The time that due deliveries go by. */
  readonly now: () => number;
  readonly #abort = new AbortController();
  #ended: Ending[] = [];
  /** How much was taken and is not written down. */
  #unwritten = 0;
  #flush: FlushMode = "no";
  #whenFlushed: (() => void)[] = [];
  #readLog = false;
  #roundAsked = false;
  /** A turn is under way, or the store refused one and is left alone. */
  #turning = false;
  #isPausing = false;
  /** Which target is looked at first. */
  #first = 0;
  #started = false;
  #stopping = false;
  #cancelAlarm = (): void => {};
  #cancelFlush: (() => void) | null = null;
  #cancelGap: (() => void) | null = null;
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
    const targets = [...this.#states.keys()];
    const { cursors, head } = await deliveries.cursors(targets);
    this.#follower.read(head);
    this.#place(targets, cursors);
    this.#started = true;
    this.wake();
  }

  /** From now on `target` gets what is owed to it. Replaces an earlier one of that name. */
  add(target: Target, deliver: Deliver, options: TargetOptions = {}): void {
    const before = this.#stateOf(target);
    const state = new TargetState(target, deliver, options, before);
    if (before !== undefined) this.#letGo(before);
    this.#leaving.delete(target);
    this.#states.set(target, state);
    if (state.busy > 0) this.#working.add(state);
    this.#ask(state);
  }

  /** No attempt begins any more; what is owed stays owed. */
  remove(target: Target): void {
    const state = this.#states.get(target);
    if (state === undefined) return;
    this.#states.delete(target);
    state.gone = true;
    state.live = false;
    state.queue.reload();
    this.#eager.delete(state);
    this.#alarms.delete(state);
    if (state.busy > 0 || state.queue.isDirty) this.#leaving.set(target, state);
  }

  /** Holds deliveries back until `resume`, without losing any. */
  pause(target: Target): void {
    const state = this.#states.get(target);
    if (state !== undefined) state.paused = true;
  }

  resume(target: Target): void {
    const state = this.#states.get(target);
    if (state === undefined) return;
    state.resume();
    this.#ask(state);
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

  /** Takes what was committed. What is not offered is read from the log, when something is or `wake` is called. */
  offer(written: Written): void {
    if (!this.#started) return; // the start reads the log
    for (const move of written.moves ?? []) this.#move(move);
    for (const each of this.#follower.offer(written)) this.#take(each);
    if (this.#follower.hasGap) this.#cancelGap ??= this.#ports.clock.after(gapPause, () => this.#askLog());
    if (this.#eager.size > 0) this.#ask();
  }

  #move(move: LaneMove): void {
    this.#follower.move(move);
    for (const state of [...this.#states.values(), ...this.#leaving.values()]) {
      this.#follow(state);
      if (!state.queue.move(move) || state.gone) continue;
      state.live = false;
      this.#ask(state);
    }
  }

  /** Something was written to the log, or asked for again. */
  wake(): void {
    for (const state of this.#states.values()) {
      state.markDirty();
      this.#eager.add(state);
    }
    this.#askLog();
  }

  /** Events were removed from the log: those that wait in memory are looked up again. */
  reload(): void {
    for (const state of this.#states.values()) {
      this.#follow(state);
      state.queue.reload();
      state.live = false;
    }
    this.wake();
  }

  /** Resolves when the store knows of each delivery how it stands by now, or when it refused. */
  async flush(): Promise<void> {
    if (!this.#started || this.#isPausing) return;
    this.#flush = "exact";
    this.#ask();
    await new Promise<void>((resolve) => this.#whenFlushed.push(resolve));
  }

  /** Waits `ms` for the attempts that run; then they are cut off, and begin again at the next start. */
  async stop(ms = drainMs): Promise<void> {
    if (!this.#started) return;
    this.#stopping = true;
    this.#cancelAlarm();
    const late = Promise.withResolvers<void>();
    const cancel = this.#ports.clock.after(ms, () => late.resolve());
    await Promise.race([this.idle(), late.promise]);
    cancel();
    // So that the next start knows what was under way, and what was taken before others of its time.
    await this.flush();
    this.#abort.abort();
    this.#started = false;
    this.#cancelFlush?.();
    this.#cancelGap?.();
  }

  /** Resolves when no attempt runs and every ending is written. */
  async idle(): Promise<void> {
    if (this.#unwritten > 0) this.#askFlush();
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  #isIdle(): boolean {
    if (this.#turning || this.#roundAsked || this.#ended.length > 0 || this.#unwritten > 0) return false;
    return this.#working.size === 0;
  }

  #stateOf(target: Target): TargetState | undefined {
    return this.#states.get(target) ?? this.#leaving.get(target);
  }

  /** What nobody owed to it is behind it too. */
  #follow({ live, queue }: TargetState): void {
    if (live) queue.loaded = Math.max(queue.loaded, this.#follower.seen);
  }

  #letGo(state: TargetState): void {
    this.#eager.delete(state);
    this.#working.delete(state);
    this.#alarms.delete(state);
  }

  #take({ owed }: Written): void {
    for (const event of owed)
      for (const target of event.targets) {
        const state = this.#states.get(target);
        if (state?.live !== true || event.place <= state.queue.loaded) continue;
        if (state.queue.hasRoom) state.queue.take(event, this.now());
        else {
          state.live = false;
          state.queue.loaded = Math.max(state.queue.loaded, event.place - 1);
        }
        this.#eager.add(state);
      }
  }

  #askLog(): void {
    this.#cancelGap?.();
    this.#cancelGap = null;
    this.#readLog = true;
    this.#ask();
  }

  #askFlush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    if (this.#flush === "no") this.#flush = "lazy";
    this.#ask();
  }

  /** Once per round of the event loop, however often it is asked: so outcomes and claims share a transaction. */
  #ask(state?: TargetState): void {
    if (state !== undefined) this.#eager.add(state);
    if (this.#roundAsked || !this.#started) return;
    this.#roundAsked = true;
    setImmediate(() => this.#round());
  }

  #round(): void {
    this.#roundAsked = false;
    const now = this.now();
    const budget = this.#budget();
    const eager = [...this.#eager];
    this.#first = (this.#first + 1) % Math.max(1, eager.length);
    const inTurn = [...eager.slice(this.#first), ...eager.slice(0, this.#first)];
    if (!this.#stopping)
      for (const state of inTurn)
        for (let items; (items = state.next(now, budget.for(state))).length > 0; budget.take(state, 1)) {
          this.#begin(state, items);
        }
    if (this.#turning) return;
    this.#turn(new Turn(now), inTurn, budget).catch((error: unknown) => {
      this.#ports.log.error({ err: error }, "a turn of the deliveries failed");
      this.#pause();
    });
  }

  #budget(): AttemptBudget {
    const active = new Set(this.#working);
    for (const state of this.#eager) if (state.queue.isReady || state.queue.hasArrivals) active.add(state);
    return new AttemptBudget(active);
  }

  async #turn(turn: Turn, eager: readonly TargetState[], budget: AttemptBudget): Promise<void> {
    this.#turning = true;
    const flushed = this.#flush === "no" ? [] : this.#whenFlushed.splice(0);
    try {
      this.#gather(turn, eager, budget);
      if (!turn.isEmpty) this.#apply(turn, await this.#ports.deliveries.exchange(turn.ask()));
      await this.#read(eager);
    } catch (error) {
      this.#ended.unshift(...turn.undo());
      this.#unwritten += turn.successes;
      for (const [state, hands] of turn.reserved) this.#reserve(state, -hands);
      for (const state of this.#states.values()) state.markDirty();
      this.#ports.log.error({ err: error }, "deliveries wait: the store refuses");
      for (const state of this.#states.values()) this.#eager.add(state);
      for (const resolve of flushed) resolve();
      return this.#pause();
    }
    for (const resolve of flushed) resolve();
    this.#turning = false;
    this.#rest(eager);
  }

  /** The store refused: no turn is made for a while. */
  #pause(): void {
    this.#isPausing = true;
    this.#cancelAlarm();
    this.#cancelAlarm = this.#ports.clock.after(diskPause, () => {
      this.#turning = this.#isPausing = false;
      this.#ask();
    });
  }

  /** After a turn: another one where there is more to do, else the alarm. */
  #rest(looked: readonly TargetState[]): void {
    const now = this.now();
    const budget = this.#budget();
    for (const state of this.#stopping ? [] : new Set([...looked, ...this.#eager])) {
      if (state.gone) continue;
      const share = budget.for(state);
      if (!state.hasWork(now)) this.#eager.delete(state);
      else if (state.hasMore(now, share)) this.#ask(state);
      else this.#eager.add(state);
      const alarm = state.alarm(now, share);
      if (alarm === Infinity) this.#alarms.delete(state);
      else this.#alarms.set(state, alarm);
    }
    if (this.#ended.length > 0 || this.#flush !== "no" || (this.#readLog && !this.#stopping)) this.#ask();
    const last = this.#working.size === 0 && !this.#roundAsked;
    if (last && this.#unwritten > 0 && this.#whenIdle.length > 0) this.#askFlush();
    this.#wakeAt(Math.min(...this.#alarms.values()));
    if (this.#isIdle()) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** What the store is told and asked. */
  #gather(turn: Turn, eager: readonly TargetState[], budget: AttemptBudget): void {
    for (const ending of this.#ended.splice(0)) turn.end(ending);
    for (const state of eager) {
      turn.arrivals(state);
      if (this.#stopping) continue;
      const want = state.want(turn.now, budget.for(state));
      if (want > 0) {
        turn.want(state, want);
        this.#reserve(state, want);
        budget.take(state, want);
        continue;
      }
      const probe = budget.for(state) > state.busy ? state.probe(turn.now) : null;
      if (probe === "new") this.#probeNew(state);
      if (probe !== "row") continue;
      turn.probe(state);
      this.#reserve(state, 1);
      budget.take(state, 1);
    }
    if (this.#flush === "no" && this.#unwritten < mostUnwritten) return;
    const exact = this.#flush === "exact";
    this.#flush = "no";
    this.#unwritten = 0;
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    for (const state of [...this.#states.values(), ...this.#leaving.values()]) {
      this.#follow(state);
      turn.flush(state, exact);
      if (state.gone && state.busy === 0) this.#leaving.delete(state.target);
    }
  }

  /** What the store did. */
  #apply(turn: Turn, exchanged: Exchanged): void {
    for (const { item, next } of turn.written(exchanged)) {
      const state = this.#stateOf(item.target);
      if (state !== undefined) this.#free(state, true, item.leads);
      state?.queue.settled(item, next.stage === "due");
    }
    for (const [target, dead] of turn.dead()) this.#states.get(target)?.deadLettered(dead);
    for (const [state, hands] of turn.reserved) {
      this.#reserve(state, -hands);
      const got = headsOf(state, exchanged.claims).length;
      assert(got <= hands, "the store claims no more for a target than it was asked for");
      if (turn.probed.has(state) && got === 0) this.#probeNew(state);
    }
    for (const state of turn.spoken) {
      const dueAt = exchanged.open.get(state.target);
      const wanted = turn.reserved.get(state);
      const got = headsOf(state, exchanged.claims).length;
      state.told(dueAt !== undefined, dueAt ?? null, wanted !== undefined && got === wanted && !turn.probed.has(state));
      if (!state.gone) this.#eager.add(state);
    }
    const apart = exchanged.claims.filter(({ follows }) => follows === null);
    for (const head of apart) {
      const { place, target } = head;
      const others = exchanged.claims.filter((each) => each.follows === place && each.target === target);
      this.#claimed([itemOfClaim(head), ...others.map(itemOfClaim)]);
    }
  }

  /** What was claimed to go as one delivery. */
  #claimed(items: [Item, ...Item[]]): void {
    const [{ place, target }] = items;
    const state = this.#states.get(target);
    if (state === undefined) return this.#giveBack(items, this.now());
    state.probing(place);
    const begun = state.queue.claim(items, state.gathering);
    if (begun.length > 0) this.#begin(state, begun);
  }

  #probeNew(state: TargetState): void {
    const items = state.queue.oldest(state.gathering);
    if (items.length > 0) this.#begin(state, items);
  }

  /** One delivery of one event, or of all that go together. */
  #begin(state: TargetState, items: readonly Item[]): void {
    for (const [index, item] of items.entries()) item.leads = index === 0;
    state.begin(this.now());
    this.#working.add(state);
    this.#attempt(state, items).catch((error: unknown) => {
      this.#ports.log.error({ err: error }, "a delivery could not be judged");
      this.#giveBack(items, this.now());
    });
  }

  #reserve(state: TargetState, hands: number): void {
    state.reserve(hands);
    if (state.busy > 0) this.#working.add(state);
    else this.#working.delete(state);
  }

  #free(state: TargetState, row: boolean, leads = true): void {
    state.end(row, leads);
    if (state.busy === 0) this.#working.delete(state);
    if (!state.gone) return this.#ask(state);
    if (state.busy === 0 && !state.queue.isDirty) this.#leaving.delete(state.target);
    this.#ask();
  }

  async #attempt(state: TargetState, items: readonly Item[]): Promise<void> {
    const startedAt = this.now();
    const wall = this.#ports.clock.now();
    const isFresh = ({ event }: Item) => freshFor(event, wall) >= 0;
    const fresh = items.filter(isFresh);
    const outcome = await this.#outcomeOf(state, fresh);
    const [{ target } = { target: state.target }] = items;
    const present = this.#stateOf(target) ?? state;
    if (this.#abort.signal.aborted && !outcome.ok) return this.#free(present, false);
    const duration = this.now() - startedAt;
    const failing = new Set<string>();
    for (const item of items) {
      const own = isFresh(item) ? outcome : stale;
      const next = this.#judged(present, item, own, duration);
      const waits = next.stage === "due";
      // The store brings what follows in a lane when what stands before it is settled.
      const behind = waits && failing.has(item.lane);
      if (waits) failing.add(item.lane);
      this.#end({ state: present, item, outcome: own, startedAt, duration, next: behind ? { ...next, behind } : next });
    }
  }

  #judged(state: TargetState, item: Item, outcome: Outcome, took: number): Ending["next"] {
    this.#ports.attempted?.(item.target, outcome.ok, took);
    const fresh = freshFor(item.event, this.#ports.clock.now());
    const chance = (this.#ports.random ?? Math.random)();
    return state.judge(item, outcome, { now: this.now(), took, freshFor: fresh, chance });
  }

  /** What was taken and has something to tell has a row too: of the others no more than when is kept. */
  #end(ending: Ending): void {
    const { state, item, outcome, next } = ending;
    if (item.row || item.held || next.stage !== "delivered" || outcome.error != null) {
      this.#ended.push(ending);
      return this.#ask(state?.gone === false ? state : undefined);
    }
    this.#taken(ending);
    if (state !== null) this.#free(state, false, item.leads);
  }

  /** Taken at its first attempt: written down with others, and nobody waits for it. */
  #taken({ state, item, outcome, startedAt, duration }: Ending): void {
    state?.queue.taken(item, { place: item.place, startedAt, duration, status: outcome.status ?? null });
    this.#unwritten += 1;
    if (this.#unwritten >= mostUnwritten) this.#askFlush();
    else this.#cancelFlush ??= this.#ports.clock.after(flushAfter, () => this.#askFlush());
  }

  /** The target was removed while the store was asked. The delivery stays due, so that its chat is not blocked if the target returns. */
  #giveBack(items: readonly Item[], now: number): void {
    const outcome: Outcome = { ok: false, error: "not attempted: nobody was there to take it" };
    for (const [index, item] of items.entries()) {
      const behind = items.findIndex(({ lane }) => lane === item.lane) < index;
      const next = { stage: "due", at: now, ...(behind && { behind }) } as const;
      this.#ended.push({ state: null, item, outcome, startedAt: now, duration: 0, next });
    }
    this.#ask();
  }

  async #outcomeOf(state: TargetState, items: readonly Item[]): Promise<Outcome> {
    const [first] = items;
    if (first === undefined) return stale;
    const events = items.map(({ event }) => event);
    const { event, source, attempt: number } = first;
    try {
      return await state.deliver(event, { number, source, events, signal: this.#abort.signal });
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }

  /** What was not offered, and what did not fit into memory when it was. */
  async #read(eager: readonly TargetState[]): Promise<void> {
    const { deliveries } = this.#ports;
    const unplaced = [...this.#states.values()].filter(({ placed }) => !placed).map(({ target }) => target);
    if (unplaced.length > 0) this.#place(unplaced, (await deliveries.cursors(unplaced)).cursors);
    if (this.#readLog) {
      this.#readLog = false;
      const { events, last, head } = await deliveries.read({ target: null, after: this.#follower.seen, limit: page });
      this.#take({ after: this.#follower.seen, last, owed: events.filter(({ place }) => place > this.#follower.seen) });
      this.#follower.read(last);
      if (last < head) this.#askLog();
    }
    for (const state of new Set([...eager, ...this.#eager])) {
      if (!state.wantsLog || this.#stopping) continue;
      const { events, last } = await deliveries.read({ target: state.target, after: state.queue.loaded, limit: page });
      for (const event of events) state.queue.take(event, this.now());
      state.queue.loaded = Math.max(state.queue.loaded, last);
      state.live = state.queue.loaded >= this.#follower.seen;
      this.#ask(state);
    }
  }

  #place(targets: readonly Target[], cursors: ReadonlyMap<Target, number>): void {
    for (const target of targets) {
      const state = this.#states.get(target);
      if (state === undefined || state.placed) continue;
      state.placed = true;
      state.queue.loaded = state.written = cursors.get(target) ?? 0;
      state.live = state.queue.loaded >= this.#follower.seen;
      this.#ask(state);
    }
  }

  #wakeAt(at: number): void {
    this.#cancelAlarm();
    this.#cancelAlarm = () => {};
    if (at === Infinity || this.#stopping) return;
    this.#cancelAlarm = this.#ports.clock.after(Math.max(0, at - this.now()), () => this.#ring());
  }

  #ring(): void {
    const now = this.now();
    for (const [state, at] of this.#alarms) if (at <= now) this.#eager.add(state);
    this.#ask();
  }
}

const stale: Outcome = { ok: false, error: "not attempted: no longer true" };

const headsOf = ({ target }: TargetState, claims: readonly Claim[]): Claim[] =>
  claims.filter((claim) => claim.target === target && claim.follows === null);

function itemOfClaim({ follows, ...claim }: Claim): Item {
  const flags = { row: true, running: false, passed: true, held: false };
  return { ...claim, ...flags, at: 0, leads: follows === null };
}
