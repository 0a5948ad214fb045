import type { AcquaintanceChange, Acquaintances } from "./sending/acquaintances.ts";
import type { BulkChange, Bulks } from "./sending/bulk.ts";
import type { Account } from "./device/connector.ts";
import type { Deliveries } from "./events/deliveries.ts";
import type { DeliveryLog } from "./events/delivery-log.ts";
import type { BotEvent, EventType, NewEvent } from "./events/events.ts";
import type { ContactChange, Contacts } from "./people/contacts.ts";
import type { History, HistoryChange } from "./people/history.ts";
import type { Labels } from "./people/labels.ts";
import type { Media, ReceivedMedia } from "./media/media.ts";
import type { MessageChange, Messages } from "./sending/messages.ts";
import type { Retention } from "./retention.ts";
import type { PluginData } from "./plugins/plugin-data.ts";
import type { Phase, Reason } from "./device/phase.ts";
import type { Vaults } from "./device/vault.ts";
import type { Standing } from "./sending/standing.ts";
import type { Endpoints } from "./webhooks/endpoint.ts";
import type { Target } from "./events/targets.ts";

/**
 * Everything that outlives the process, behind one port. Methods return promises so that a networked store can
 * stand behind them later; the SQLite adapter has done its work before it returns. They throw
 * `Failure("unavailable")` when the disk refuses, and then nothing of the call was written.
 */
export interface Store {
  readonly tenants: Tenants;
  readonly keys: Keys;
  readonly audit: Audit;
  readonly devices: Devices;
  readonly ledger: Ledger;
  readonly deliveries: Deliveries;
  readonly deliveryLog: DeliveryLog;
  readonly endpoints: Endpoints;
  readonly retention: Retention;
  readonly messages: Messages;
  readonly bulks: Bulks;
  readonly acquaintances: Acquaintances;
  readonly history: History;
  readonly labels: Labels;
  readonly media: Media;
  readonly contacts: Contacts;
  readonly vaults: Vaults;
  readonly pluginData: PluginData;
  figures(): Promise<Figures>;
  /** Writes something and takes it away again. Throws `unavailable` when nothing can be written. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** What waits, and how much is kept. */
export interface Figures {
  /** To be sent. */
  messagesWaiting: number;
  /** Events owed to webhooks and plugins. */
  deliveriesOwed: number;
  /** When the oldest that may go out fell due, milliseconds since 1970; null when none waits. */
  oldestDueAt: number | null;
  databaseBytes: number;
}

/** Proof that this process owns a device: every write of the device's state carries it and fails without it. */
export interface Hold {
  /** The device's uid. */
  readonly device: string;
  /** Rises with every new owner; an older one can no longer write. */
  readonly epoch: number;
  /** Aborted when the hold is lost or given up. */
  readonly signal: AbortSignal;
}

export interface Tenant {
  id: string;
  name: string;
  /** How many devices it may have; null is no limit. */
  deviceLimit: number | null;
  createdAt: number;
}

/** The tenant that the admin key itself lives in, and the only one most people ever have. */
export const homeTenant = "default";

export type TenantChange = Partial<Pick<Tenant, "name" | "deviceLimit">>;

export interface Tenants {
  list(): Promise<Tenant[]>;
  get(id: string): Promise<Tenant | null>;
  /** Throws `conflict` when the id is taken. */
  create(tenant: Tenant): Promise<void>;
  /** False when there is no such tenant. */
  update(id: string, change: TenantChange): Promise<boolean>;
  /** With its keys and webhooks. Throws `conflict` while it has devices. */
  remove(id: string): Promise<void>;
}

export const scopes = ["read", "send", "manage"] as const;
export type Scope = (typeof scopes)[number];

/** A key as it is kept: never the key itself. */
export interface KeyRecord {
  id: string;
  /** null is an admin key. */
  tenant: string | null;
  name: string;
  /** SHA-256 of the key, hex. */
  hash: string;
  scopes: Scope[];
  createdAt: number;
  expiresAt: number | null;
  revokedAt: number | null;
}

export interface Keys {
  list(): Promise<KeyRecord[]>;
  create(key: KeyRecord): Promise<void>;
  /** False when there is no such key, or it was revoked before. */
  revoke(id: string, at: number): Promise<boolean>;
}

/** One act somebody was answerable for. Never holds a key, a phone number or a text. */
export interface AuditEntry {
  /** UUIDv7. */
  id: string;
  at: number;
  /** Whose things it was about; null when nobody's in particular. */
  tenant: string | null;
  /** `admin`, the id of a key, or `unknown`. */
  actor: string;
  /** Where the call came from; null for the command line. */
  address: string | null;
  /** `device.start`, `key.create`, … */
  action: string;
  /** The id of the device, key or tenant. */
  subject: string | null;
}

export interface AuditQuery {
  /** Only this tenant's. */
  tenant?: string;
  /** Only those before the entry with this id. */
  before?: string;
  limit: number;
}

export interface Audit {
  record(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<AuditEntry[]>;
}

export interface DeviceRecord {
  /** UUIDv7, ours; names files and rows. */
  uid: string;
  tenant: string;
  /** The id its tenant knows: `^[A-Za-z0-9_-]{1,64}$`, unique in the tenant. */
  id: string;
  label: string | null;
  /** What its owner wants; the supervisor brings it about, also after a restart. */
  wanted: "running" | "stopped";
  phase: Phase;
  reason: Reason;
  /** Milliseconds since 1970. */
  since: number;
  /** Null until it is linked, and again after a logout. */
  account: Account | null;
  /** The one it was linked to last; it stays after a logout. */
  lastAccount: Account | null;
  lastConnectAt: number | null;
  /** What WhatsApp lets the account do. */
  standing: Standing;
  /** While `restricted`: until when WhatsApp is left alone. */
  restUntil: number | null;
  createdAt: number;
}

export type DeviceChange = Partial<
  Pick<
    DeviceRecord,
    | "wanted"
    | "phase"
    | "reason"
    | "since"
    | "account"
    | "lastAccount"
    | "lastConnectAt"
    | "label"
    | "standing"
    | "restUntil"
  >
>;

export interface Devices {
  list(): Promise<DeviceRecord[]>;
  /** Throws `conflict` when the tenant has that id already. */
  create(device: DeviceRecord): Promise<void>;
  /** Takes the device: the epoch rises, every earlier hold is void. */
  hold(uid: string, signal: AbortSignal): Promise<Hold>;
  update(uid: string, change: DeviceChange): Promise<void>;
  /** The device, its messages, events, deliveries and vault. */
  remove(uid: string): Promise<void>;
}

/** What is written together or not at all. */
export interface Batch {
  events: readonly NewEvent[];
  messages?: readonly MessageChange[];
  bulks?: readonly BulkChange[];
  history?: readonly HistoryChange[];
  media?: readonly ReceivedMedia[];
  contacts?: readonly ContactChange[];
  acquaintances?: readonly AcquaintanceChange[];
  device?: DeviceChange;
}

export interface Recorded {
  /** Those that were new, in order; one whose `once` is known already is silent. */
  events: BotEvent[];
  /** To whom any of them is owed. */
  owed: ReadonlySet<Target>;
}

export interface Ledger {
  /**
   * Writes the batch in one transaction: events with their deliveries (one for each target that `targetsOf`
   * named at construction), message changes, the device's row.
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
