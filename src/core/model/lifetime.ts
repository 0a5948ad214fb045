/** How long what a tenant or a device has is kept, days; null: as it is above it, at last as the settings say. */
export interface Lifetime {
  readonly eventDays: number | null;
  /** Of what was said in chats, and of files since they were last used. */
  readonly historyDays: number | null;
}

/**
 * `keep`: as long as the days say. `until_delivered`: what was said and files go once every webhook and plugin has what it
 * is owed of them.
 */
export const contentRules = ["keep", "until_delivered"] as const;
export type ContentRule = (typeof contentRules)[number];

export interface TenantLifetime extends Lifetime {
  readonly contents: ContentRule;
}

export const usualLifetime: TenantLifetime = { eventDays: null, historyDays: null, contents: "keep" };
export const mostDays = 36_500;
