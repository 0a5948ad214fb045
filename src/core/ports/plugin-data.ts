/**
 * What plugins keep, by plugin and key: JSON values. Keys that begin with `$` are the host's own notes about the
 * plugin and out of its reach. Throws `Failure("unavailable")` when the disk refuses.
 */
export interface PluginData {
  /** null when there is none. */
  get(plugin: string, key: string): Promise<unknown>;
  set(plugin: string, key: string, value: unknown): Promise<void>;
  /** True when there was something. */
  delete(plugin: string, key: string): Promise<boolean>;
  /** Entries whose key begins with `prefix`, by key, at most `limit`; the host's notes only when `prefix` asks for them. */
  list(plugin: string, prefix: string, limit: number): Promise<{ key: string; value: unknown }[]>;
  /** How many entries there are, without the host's notes. */
  count(plugin: string): Promise<number>;
  /** Forgets everything of the plugin. */
  clear(plugin: string): Promise<void>;
  /** No event is owed to the plugin any more. */
  forgive(plugin: string): Promise<void>;
}
