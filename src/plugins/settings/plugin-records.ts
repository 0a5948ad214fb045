import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PluginData } from "../../core/ports/plugin-data.ts";
import type { PluginScope } from "../../core/ports/plugins.ts";

export const everywhere: PluginScope = { devices: null, chats: null, except: [] };

/** Where a plugin came from. */
export interface PluginOrigin {
  url: string;
  /** Within a repository. */
  path: string | null;
  /** The SHA-256 of the file, or the commit. */
  hash: string;
  /** One hash of all its files, as they came. */
  digest: string;
}

/** What the host remembers about its plugins besides what they keep themselves. */
export class PluginRecords {
  constructor(
    readonly data: PluginData,
    readonly dir: string,
  ) {}

  /** What an administrator decided: on, off, or nothing yet. */
  async wanted(plugin: string): Promise<boolean | null> {
    return (await this.data.get(plugin, "$wanted")) as boolean | null;
  }

  /** null: as if nobody had decided. */
  async want(plugin: string, on: boolean | null): Promise<void> {
    if (on === null) await this.data.delete(plugin, "$wanted");
    else await this.data.set(plugin, "$wanted", on);
  }

  /** Why it was disabled for its faults, or null. */
  async disabledReason(plugin: string): Promise<string | null> {
    return (await this.data.get(plugin, "$disabled")) as string | null;
  }

  async setDisabled(plugin: string, problem: string | null): Promise<void> {
    if (problem === null) await this.data.delete(plugin, "$disabled");
    else await this.data.set(plugin, "$disabled", problem);
  }

  async wasGuard(plugin: string): Promise<boolean> {
    return (await this.data.get(plugin, "$guard")) === true;
  }

  async rememberGuard(plugin: string, isGuard: boolean): Promise<void> {
    if ((await this.wasGuard(plugin)) === isGuard) return;
    if (isGuard) await this.data.set(plugin, "$guard", true);
    else await this.data.delete(plugin, "$guard");
  }

  async settings(plugin: string): Promise<Record<string, unknown>> {
    return ((await this.data.get(plugin, "$settings")) ?? {}) as Record<string, unknown>;
  }

  setSettings(plugin: string, values: Record<string, unknown>): Promise<void> {
    return this.data.set(plugin, "$settings", values);
  }

  async scope(plugin: string): Promise<PluginScope> {
    return ((await this.data.get(plugin, "$scope")) ?? everywhere) as PluginScope;
  }

  setScope(plugin: string, scope: PluginScope): Promise<void> {
    return this.data.set(plugin, "$scope", scope);
  }

  /** Where it was added from by an address; null: it was put there otherwise. */
  async origin(plugin: string): Promise<PluginOrigin | null> {
    return (await this.data.get(plugin, "$origin")) as PluginOrigin | null;
  }

  setOrigin(plugin: string, origin: PluginOrigin): Promise<void> {
    return this.data.set(plugin, "$origin", origin);
  }

  /** All that was decided about it, to be compared. */
  async decided(plugin: string): Promise<string> {
    const notes = [this.wanted(plugin), this.disabledReason(plugin), this.scope(plugin), this.settings(plugin)];
    return JSON.stringify([...(await Promise.all<unknown>(notes)), this.#fileOrFlaw(plugin)]);
  }

  #fileOrFlaw(plugin: string): unknown {
    try {
      return this.file(plugin);
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  /** The plugin's table in config.toml; throws a sentence when that file cannot be read. */
  file(plugin: string): Record<string, unknown> {
    const path = join(this.dir, "config.toml");
    if (!existsSync(path)) return {};
    const tables = parseToml(path);
    const table = tables[plugin] ?? {};
    if (typeof table !== "object") throw new Error(`config.toml: ${plugin} must be a table, written [${plugin}]`);
    return table as Record<string, unknown>;
  }
}

function parseToml(path: string): Record<string, unknown> {
  try {
    return Bun.TOML.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  } catch (thrown) {
    throw new Error(`config.toml: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown });
  }
}
