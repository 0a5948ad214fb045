const megabyte = 2 ** 20;

/** What is counted while it lasts, what is counted over time, and what is counted as long as it is kept. */
export const presentBudgets = ["bytes_in_flight", "sockets"] as const;
export const pacedBudgets = ["requests_per_second", "sign_ins_per_minute"] as const;
export const storedBudgets = [
  "queued_messages",
  "queued_bytes",
  "media_bytes",
  "event_bytes",
  "history_bytes",
  "audit_rows",
] as const;
export const budgets = [...presentBudgets, ...pacedBudgets, ...storedBudgets] as const;

export type PresentBudget = (typeof presentBudgets)[number];
export type PacedBudget = (typeof pacedBudgets)[number];
export type StoredBudget = (typeof storedBudgets)[number];
export type Budget = (typeof budgets)[number];

/** How much of each one tenant may have; null is no limit. Devices have a limit of their own. */
export type Limits = Record<Budget, number | null>;

/** Plenty for one business, and far from what would be felt by another. */
export const defaultLimits: Limits = {
  bytes_in_flight: 32 * megabyte,
  sockets: 100,
  requests_per_second: 100,
  sign_ins_per_minute: 30,
  queued_messages: 50_000,
  queued_bytes: 256 * megabyte,
  media_bytes: 10_240 * megabyte,
  event_bytes: 1_024 * megabyte,
  history_bytes: 2_048 * megabyte,
  audit_rows: 100_000,
};

/** How many devices a new tenant may have unless the admin says otherwise. */
export const defaultDeviceLimit = 10;
