import type { DeliveryStage } from "./deliveries.ts";
import type { BotEvent, EventType } from "../model/events/events.ts";
import type { Interest, Target } from "../model/events/targets.ts";

/** A delivery, as its history shows it. */
export interface Delivery {
  readonly event: BotEvent;
  readonly stage: DeliveryStage;
  /** Attempts begun, ever. */
  readonly attempts: number;
  /** Why it is dead, for people. */
  readonly reason: string | null;
  /** When it is offered next, milliseconds since 1970; null when it is settled or behind another. */
  readonly dueAt: number | null;
  readonly settledAt: number | null;
  /** What its last attempt came to; null before that has ended. */
  readonly last: { status: number | null; error: string | null } | null;
  /** Its place in the list; `before` of the next page. */
  readonly place: number;
}

/** One attempt; `duration` is null when a crash cut it off. */
export interface AttemptRecord {
  readonly number: number;
  readonly at: number;
  readonly duration: number | null;
  readonly status: number | null;
  readonly error: string | null;
  /** The first 2 KB of the answer. */
  readonly response: string | null;
}

export interface DeliveryQuery {
  target: Target;
  stages: readonly DeliveryStage[] | null;
  types: readonly EventType[] | null;
  /** Ids of devices as the tenant knows them. */
  devices: readonly string[] | null;
  /** When the events happened, milliseconds since 1970, both included. */
  since: number;
  until: number;
  /** Places below this one; null is from the newest. */
  before: number | null;
  limit: number;
}

/** Which deliveries to make again. */
export interface RedeliveryRange {
  target: Target;
  tenant: string;
  /** When the events happened, milliseconds since 1970, both included. */
  since: number;
  until: number;
  /** Stages to make again: `delivered` and `dead`. */
  stages: readonly DeliveryStage[];
  /** Events that this interest asks for and that were never owed to the target; null leaves them. */
  missing: Interest | null;
  now: number;
  /** Asked before each slice; throws when the target is gone. */
  stands: () => void;
}

/** Everything that is known of one delivery. */
export interface DeliveryRecord {
  readonly delivery: Delivery;
  readonly attempts: AttemptRecord[];
  /** The event that stands first in its lane, when it is blocked. */
  readonly head: string | null;
}

/** How much waits for a target, and how much was given up. */
export interface DeliveryFigures {
  readonly pending: number;
  /** When the oldest of them happened, milliseconds since 1970. */
  readonly pendingSince: number | null;
  readonly dead: number;
  readonly recent: RecentDeliveries;
}

/** How the latest deliveries went: two hundred at most, so that it costs little. */
export interface RecentDeliveries {
  readonly deliveries: number;
  readonly delivered: number;
  readonly dead: number;
  /** Those that ended, of all of these deliveries. */
  readonly attempts: number;
  readonly failed: number;
  /** What an attempt that was taken took, on average, milliseconds; null when none was. */
  readonly duration: number | null;
}

/** The history of deliveries. */
export interface DeliveryLog {
  /** Newest first. */
  list(query: DeliveryQuery): Promise<Delivery[]>;
  get(target: Target, eventId: string): Promise<DeliveryRecord | null>;
  /** What became of one event, by target. */
  of(place: number): Promise<ReadonlyMap<Target, Delivery>>;
  figures(target: Target): Promise<DeliveryFigures>;
  /** How the attempts of the latest deliveries went: of two hundred, so that it costs little. */
  recent(target: Target): Promise<Recent>;
  /** Makes a settled delivery due again, or owes an event that was not owed. False when it is on its way already. */
  redeliver(target: Target, place: number, now: number): Promise<boolean>;
  /** The same for a range, oldest first, in slices that let others work. Returns how many. */
  redeliverAll(range: RedeliveryRange): Promise<number>;
}

/** How the last attempts of a webhook went. Times are milliseconds since 1970. */
export interface Recent {
  lastSuccessAt: number | null;
  lastFailure: { at: number; status: number | null; error: string | null } | null;
}
