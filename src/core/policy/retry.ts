import { hour, minute } from "../base/durations.ts";
import type { Outcome, Settlement } from "../ports/deliveries.ts";
import { type BotEvent, liveOnly } from "../model/events/events.ts";

/** When an event is offered again to a target that did not take it. */
export interface Schedule {
  /** Milliseconds before each attempt, the first included. When all are used up the delivery is dead. */
  readonly delays: readonly number[];
  /** Every delay is up to this part longer or shorter, so that what failed together does not come back together. */
  readonly jitter: number;
  /**
   * Attempts after which an event that fails while the target takes others is dead, so that it does not hold its
   * chat back any longer.
   */
  readonly poisonAfter: number;
}

/** About 31 hours for a target that is down; about 13 minutes for an event that only itself fails. */
export const webhookSchedule: Schedule = {
  delays: [0, 5_000, 30_000, 2 * minute, 10 * minute, hour, 6 * hour, 24 * hour],
  jitter: 0.2,
  poisonAfter: 5,
};

/** The longest `Retry-After` that is honoured. */
const longestWait = hour;

/** For how long a target that asks for `asked` ms is left alone, in whole milliseconds: the store takes no others. */
export function restFor(asked: number): number {
  return Math.ceil(Math.min(asked, longestWait));
}

/** What is true only now is worth nothing later: a QR code lives this long. */
const liveFor = minute;

/** How long an event is still worth anything, by the wall clock that dated it: below 0 it is stale. */
export function freshFor({ type, timestamp }: BotEvent, wall: number): number {
  return liveOnly.has(type) ? Date.parse(timestamp) + liveFor - wall : Infinity;
}

export interface Failed {
  readonly outcome: Outcome;
  /** Failed attempts of this round, this one included. */
  readonly failures: number;
  /** Whether the target took another event since the attempt before this one. */
  readonly othersPass: boolean;
  /** Milliseconds after which the event is worth nothing. */
  readonly freshFor: number;
  readonly now: number;
  /** 0 to 1. */
  readonly chance: number;
}

/** What follows from a failed attempt. Pure. */
export function afterFailure(schedule: Schedule, failed: Failed): Settlement["next"] {
  const { outcome, failures, othersPass, freshFor, now, chance } = failed;
  const planned = schedule.delays[failures];
  if (freshFor < 0) return { stage: "dead", reason: "no longer true" };
  if (outcome.final) return { stage: "dead", reason: "the target refused it for good" };
  if (planned === undefined) return { stage: "dead", reason: `${failures} attempts failed` };
  if (othersPass && failures >= schedule.poisonAfter) {
    return { stage: "dead", reason: `${failures} attempts failed while the target took other events` };
  }
  const at = now + wait(planned, schedule.jitter, chance, outcome.retryAfter);
  if (at - now > freshFor) return { stage: "dead", reason: "no longer true" };
  return { stage: "due", at };
}

function wait(planned: number, jitter: number, chance: number, asked = 0): number {
  return Math.max(Math.round(planned * (1 + jitter * (2 * chance - 1))), restFor(asked));
}

/** The longest any delay can become. */
export function longest({ delays, jitter }: Schedule): number {
  return Math.max(longestWait, ...delays.map((delay) => delay * (1 + jitter)));
}
