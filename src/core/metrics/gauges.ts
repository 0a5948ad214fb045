import type { Phase, Reason } from "../model/phase.ts";

/** How the bot is at one moment. Counts unless a unit is named; times are milliseconds since 1970. */
export interface GaugeReading {
  readonly devices: readonly DeviceGauge[];
  readonly webhooks: readonly WebhookGauge[];
  /** Names of plugins that were disabled after faults. */
  readonly pluginsDisabled: readonly string[];
  /** To be sent. */
  readonly messagesWaiting: number;
  /** Events that webhooks and plugins did not take so far. */
  readonly deliveriesPending: number;
  /** How long the oldest that may go out has been due, milliseconds. */
  readonly oldestDeliveryMs: number;
  readonly databaseBytes: number;
  /** Of the disk that the data folder is on. */
  readonly diskFreeBytes: number;
  readonly diskSizeBytes: number;
  /** Of this process. */
  readonly memoryBytes: number;
  readonly logLinesLost: number;
  /** Why the store cannot be written; null while it can. */
  readonly storeTrouble: string | null;
  /** Why the last scheduled backup failed; null while they work. */
  readonly backupTrouble: string | null;
  /** Names of WhatsApp's protocol that came and are not known. */
  readonly unknownNames: readonly string[];
}

export interface DeviceGauge {
  readonly tenant: string;
  readonly id: string;
  readonly label: string | null;
  readonly phase: Phase;
  readonly reason: Reason;
  /** It has an account and is meant to run. */
  readonly isWanted: boolean;
  /** WhatsApp takes none of its messages, or delivers none. */
  readonly isRestricted: boolean;
  readonly lastConnectAt: number | null;
  /** How it lost its account; null while it has one, and when it never had. */
  readonly unlinked: { readonly reason: Reason; readonly at: number; readonly number: string } | null;
}

export interface WebhookGauge {
  readonly tenant: string;
  readonly id: string;
  /** Its query may hold secrets, so only the host is shown. */
  readonly host: string;
  readonly state: "active" | "paused" | "disabled";
  readonly failingSince: number | null;
}

/** What a webhook is counted as. */
export function healthOf({ state, failingSince }: WebhookGauge): "ok" | "failing" | "disabled" {
  if (state === "disabled") return "disabled";
  return failingSince === null ? "ok" : "failing";
}
