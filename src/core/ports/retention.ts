import type { Limits } from "../model/budgets.ts";
import type { Target } from "../model/events/targets.ts";

/** What may stay. Ages are milliseconds; without one there is no bound. */
export interface Policy {
  /** Wall time, milliseconds since 1970. */
  now: number;
  /** The courier's time: what waited behind something that goes falls due then. */
  due: number;
  maxAge: number;
  /** Of the whole database, but for what waits to be sent. Who has most loses his oldest. */
  maxBytes: number;
  /** Of what was said in chats, and of files. */
  maxHistoryAge?: number;
  /** Of the audit log. */
  maxAuditAge?: number;
  /** What each tenant may keep; the defaults when left out. */
  limitsOf?: (tenant: string) => Limits;
  /** Whose events do not go by age while they are owed. */
  owedTo: readonly Target[];
}

export interface Pruned {
  rows: number;
  /** False when there is nothing left to look at; what was looked at may all have to stay. */
  more: boolean;
  /** Something is to go as soon as it is delivered: look again in a minute. */
  isSoonDue?: boolean;
}

/** Events that were owed to somebody and had to go. */
export interface Lost {
  target: Target;
  /** Why, for people. */
  reason: string;
  count: number;
  /** Ids of the first hundred. */
  events: string[];
  /** When the first and the last of them happened, milliseconds since 1970. */
  since: number;
  until: number;
}

export interface Retention {
  /**
   * Removes one slice of what is too old, and of what is too much the oldest: events with their deliveries, settled
   * messages, what was said, audit entries. An event that is owed to one of `owedTo` stays until that is settled,
   * however old; only when events alone take half of `maxBytes` it goes too. Readers never see a hole: from where one
   * event was removed on, the log counts as pruned.
   */
  prune(policy: Policy): Promise<Pruned>;
  /** What had to go though it was owed, until it is told. */
  lost(): Promise<Lost[]>;
  told(lost: Lost): Promise<void>;
}
