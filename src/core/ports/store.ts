import type { ContactHistory } from "./contact-history.ts";
import type { Bulks } from "./bulk.ts";
import type { Deliveries } from "./deliveries.ts";
import type { DeliveryLog } from "./delivery-log.ts";
import type { Contacts } from "./contacts.ts";
import type { History } from "./history.ts";
import type { Labels } from "./labels.ts";
import type { Media } from "./media.ts";
import type { Messages } from "./messages.ts";
import type { Lifetimes } from "./lifetimes.ts";
import type { Retention } from "./retention.ts";
import type { Persons } from "./persons.ts";
import type { PluginData } from "./plugin-data.ts";
import type { Vaults } from "./vault.ts";
import type { Endpoints } from "./endpoint.ts";
import type { Usage } from "./usage.ts";
import type { Tenants } from "./tenants.ts";
import type { BrowserSessions } from "./browser-sessions.ts";
import type { Keys } from "./keys.ts";
import type { Audit } from "./audit.ts";
import type { Proxies } from "./proxies.ts";
import type { Devices } from "./devices.ts";
import type { Ledger } from "./ledger.ts";

/**
 * Everything that outlives the process, behind one port. Methods return promises so that a networked store can
 * stand behind them later; the SQLite adapter has done its work before it returns. They throw
 * `Failure("unavailable")` when the disk refuses, and then nothing of the call was written.
 */
export interface Store {
  readonly tenants: Tenants;
  readonly usage: Usage;
  readonly keys: Keys;
  readonly browserSessions: BrowserSessions;
  readonly audit: Audit;
  readonly devices: Devices;
  readonly proxies: Proxies;
  readonly ledger: Ledger;
  readonly deliveries: Deliveries;
  readonly deliveryLog: DeliveryLog;
  readonly endpoints: Endpoints;
  readonly retention: Retention;
  readonly lifetimes: Lifetimes;
  readonly messages: Messages;
  readonly bulks: Bulks;
  readonly contactHistory: ContactHistory;
  readonly history: History;
  readonly labels: Labels;
  readonly media: Media;
  readonly contacts: Contacts;
  readonly persons: Persons;
  readonly vaults: Vaults;
  readonly pluginData: PluginData;
  figures(): Promise<Figures>;
  /** Writes something and takes it away again. Throws `unavailable` when nothing can be written. */
  probe(): Promise<void>;
  /**
   * Reads all of a store that nobody closed the last time, beside its use. Throws `unavailable` when it is damaged; `probe`
   * throws it too from then on.
   */
  check(): Promise<void>;
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
  /** With what is not in its file yet. */
  databaseBytes: number;
  /** Files of messages that are here. */
  mediaBytes: number;
  /** What is left on the disk of the data folder. */
  diskFreeBytes: number;
}
