/** Who may change a setting while the bot runs: an admin by the API, only its files with SIGHUP, or nobody. */
export const settingChanges = ["api", "signal", "restart"] as const;
/** Where a value comes from, from the weakest to the strongest. */
export const settingSources = ["default", "file", "environment", "api"] as const;

export interface SettingReport {
  /** `LOG_LEVEL` */
  readonly name: string;
  readonly about: string;
  /** As it was given; null when it was not, and always of a secret. */
  readonly value: string | null;
  /** What holds when nothing is given. */
  readonly fallback: string | null;
  readonly source: (typeof settingSources)[number];
  readonly changes: (typeof settingChanges)[number];
  readonly isSecret: boolean;
  /** It was changed in its files, and the bot must be started again before that holds. */
  readonly needsRestart: boolean;
}

/** What a change did, by names of settings. */
export interface SettingChange {
  /** They hold from now on. */
  readonly changed: readonly string[];
  /** They hold after the next start. */
  readonly needRestart: readonly string[];
}

/** The settings of this process. Each change holds as a whole, or not at all. */
export interface Settings {
  list(): SettingReport[];
  /**
   * Changes some of them, by name, for good: null takes a change back. Throws `invalid` for a bad value or name,
   * `conflict` for a setting that the API may not change.
   */
  change(values: Readonly<Record<string, string | null>>): Promise<SettingChange>;
  /** Reads the files again. Throws `invalid` with one sentence for each mistake; then everything stays as it was. */
  reload(): Promise<SettingChange>;
}
