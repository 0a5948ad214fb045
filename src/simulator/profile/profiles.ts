import type { Assumptions } from "../base/options.ts";

/** WhatsApp as it was in March 2026: the queue comes whole, additions come in plain, either name of a person is taken. */
const MARCH_2026: Assumptions = {
  nack: "deletes",
  retrySettles: true,
  offlineMarker: "1",
  preKeyLow: 4,
  historySync: true,
  history: "inline",
  appState: "patches",
  queue: "whole",
  unaskedQueueMs: 1_000,
  ackDeadlineMs: Number.POSITIVE_INFINITY,
  statusTag: "message",
  addressing: "pn",
  addressingMode: "always",
  additions: "plain",
  receipts: "single",
  extras: false,
  accounts: "unknown",
  strict: false,
};

/** WhatsApp by the newest evidence, of September 2026. */
const NEWEST: Assumptions = {
  ...MARCH_2026,
  nack: "blocks",
  offlineMarker: "mixed",
  history: "files",
  appState: "snapshots",
  queue: "pulled",
  ackDeadlineMs: 50 * 60_000,
  statusTag: "status",
  addressing: "lid",
  addressingMode: "absent",
  additions: "sealed",
  receipts: "bundled",
  extras: true,
  accounts: "migrated",
  strict: true,
};

/** The worlds a client can be tested in, by name. */
export const PROFILES = { "2026-03": MARCH_2026, newest: NEWEST } as const satisfies Record<string, Assumptions>;

export type ProfileName = keyof typeof PROFILES;
