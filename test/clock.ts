import type { Clock } from "../src/core/base/clock.ts";

/** A clock that stands still until a test winds it. */
export class HandClock implements Clock {
  #monotonic = 0;
  #wall: number;
  #alarms: { at: number; fire: () => void }[] = [];

  constructor(wall = Date.UTC(2026, 0, 1)) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, fire: () => void): () => void {
    const alarm = { at: this.#monotonic + Math.max(0, ms), fire };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** Milliseconds until the next alarm, or null when none is set. */
  next(): number | null {
    const [first] = this.#alarms.toSorted((a, b) => a.at - b.at);
    return first === undefined ? null : first.at - this.#monotonic;
  }

  /** Lets `ms` pass; alarms ring in order, those set meanwhile too. */
  wind(ms: number): void {
    const end = this.#monotonic + ms;
    for (let due = this.#due(end); due !== undefined; due = this.#due(end)) {
      this.#move(due.at);
      this.#alarms = this.#alarms.filter((alarm) => alarm !== due);
      due.fire();
    }
    this.#move(end);
  }

  /** The wall clock jumps, as when somebody sets it; no time passes. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  #due(end: number): { at: number; fire: () => void } | undefined {
    return this.#alarms.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
  }

  #move(to: number): void {
    this.#wall += to - this.#monotonic;
    this.#monotonic = to;
  }
}

/** The machine's time, which a test can wind forward: for whole bots, whose wires take real time. */
export class WoundClock implements Clock {
  #wound = 0;
  #jumped = 0;
  readonly #alarms = new Set<{ at: number; ms: number; ring: () => void }>();

  now(): number {
    return Date.now() + Math.round(this.#wound) + this.#jumped;
  }

  monotonic(): number {
    return performance.now() + this.#wound;
  }

  after(ms: number, fire: () => void): () => void {
    const cancel = () => {
      clearTimeout(timer);
      this.#alarms.delete(alarm);
    };
    const ring = () => {
      cancel();
      fire();
    };
    const alarm = { at: this.monotonic() + Math.max(0, ms), ms, ring };
    const timer = setTimeout(ring, Math.min(Math.max(0, ms), 2 ** 31 - 1));
    timer.unref();
    this.#alarms.add(alarm);
    return cancel;
  }

  /** Somebody waits for something that may take so long. */
  isWaiting(ms: number): boolean {
    return [...this.#alarms].some((alarm) => alarm.ms === ms);
  }

  /** Lets `ms` pass at once; what was to ring in that time rings, once, in order. */
  wind(ms: number): void {
    this.#wound += ms;
    const due = [...this.#alarms].filter(({ at }) => at <= this.monotonic()).toSorted((a, b) => a.at - b.at);
    for (const { ring } of due) ring();
  }

  /** The wall clock jumps, as when somebody sets it; no time passes. */
  jump(ms: number): void {
    this.#jumped += ms;
  }
}
