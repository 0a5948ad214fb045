import type { ContactHistoryChange } from "./contact-history.ts";
import type { BulkChange } from "./bulk.ts";
import type { BotEvent, EventType, NewEvent } from "../model/events/events.ts";
import type { ContactChange } from "./contacts.ts";
import type { HistoryChange } from "./history.ts";
import type { ReceivedMedia } from "./media.ts";
import type { MessageChange } from "./messages.ts";
import type { Written } from "./deliveries.ts";
import type { PersonChange } from "./persons.ts";
import type { Hold } from "./hold.ts";
import type { DeviceChange } from "./devices.ts";
import type { VaultBatch } from "./vault.ts";

/** What is written together or not at all. */
export interface Batch {
  events: readonly NewEvent[];
  /** Before all else: the rest goes by the names that they give. */
  people?: readonly PersonChange[];
  messages?: readonly MessageChange[];
  bulks?: readonly BulkChange[];
  history?: readonly HistoryChange[];
  media?: readonly ReceivedMedia[];
  contacts?: readonly ContactChange[];
  contactHistory?: readonly ContactHistoryChange[];
  device?: DeviceChange;
  /** What the device's vault must have together with the rest. */
  vault?: VaultBatch;
}

export interface Recorded {
  /** Those that were new, in order; one whose `once` is known already is silent. */
  events: BotEvent[];
  /** The same as the courier takes it. */
  written: Written;
}

export interface Ledger {
  /**
   * Writes the batch in one transaction: events and whom they are owed to, message changes, the device's row, WhatsApp's keys. The store
   * asks who that is before the transaction begins.
   */
  record(hold: Hold, batch: Batch): Promise<Recorded>;
  /** Writes events that concern a tenant and no device: their `device` and `seq` are null. */
  announce(tenant: string, events: readonly NewEvent[]): Promise<Recorded>;
  /** Logged events of a device after `seq`, oldest first. Throws `gone` with the oldest seq when pruned. */
  after(device: string, seq: number, limit: number): Promise<BotEvent[]>;
  /** Logged events of a tenant in the order they were written. */
  page(query: EventQuery): Promise<EventPage>;
  /** One event with its place, or null when it is absent or another tenant's. */
  event(tenant: string, id: string): Promise<PlacedEvent | null>;
}

export interface EventQuery {
  tenant: string;
  /** Events behind this place; 0 is from the start. */
  after: number;
  types: readonly EventType[] | null;
  /** Ids as the tenant knows them. */
  devices: readonly string[] | null;
  limit: number;
  /** The last `limit` of them instead of the first. */
  newest?: boolean;
}

/** An event with its place among all events of the process: rises with every event and is never used twice. */
export interface PlacedEvent {
  place: number;
  event: BotEvent;
}

export interface EventPage {
  events: PlacedEvent[];
  /** Up to here, that place included, the log was pruned. */
  floor: number;
  /** The last place that was given to any event. */
  head: number;
}
