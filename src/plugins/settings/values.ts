import { Failure } from "../../core/base/failure.ts";
import type { PluginRecords } from "./plugin-records.ts";
import type { Manifest } from "../contract/protocol.ts";
import { resolveSettings, shownSettings, type SettingSources } from "./settings.ts";

type Settable = Pick<Manifest, "name" | "config">;

/** The settings' values of every plugin, from wherever they come. */
export class SettingValues {
  constructor(
    readonly records: PluginRecords,
    readonly environment: Record<string, string | undefined>,
  ) {}

  /** Checked and filled in; throws a sentence. */
  async of({ name, config }: Settable): Promise<Record<string, unknown>> {
    return resolveSettings(name, config, this.#sources(name, await this.records.settings(name)));
  }

  /** As far as they fit, with secrets masked; the others are null. */
  async shown({ name, config }: Settable): Promise<Record<string, unknown>> {
    const all = this.#sources(name, await this.records.settings(name));
    const values: Record<string, unknown> = {};
    for (const [key, shape] of Object.entries(config)) {
      try {
        const sources = { ...all, api: pick(all.api, key), file: pick(all.file, key) };
        Object.assign(values, resolveSettings(name, { [key]: shape }, sources));
      } catch {
        values[key] = null;
      }
    }
    return shownSettings(config, values);
  }

  /** Throws `invalid` and keeps what was when the whole does not fit. */
  async change({ name, config }: Settable, values: Record<string, unknown>): Promise<void> {
    if (Array.isArray(values))
      throw new Failure("invalid", 'Settings are given by name, e.g. { "city": "Jakarta" }.', { field: "settings" });
    const merged = { ...(await this.records.settings(name)), ...values };
    const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
    try {
      resolveSettings(name, config, this.#sources(name, kept));
    } catch (thrown) {
      throw new Failure("invalid", `${(thrown as Error).message}.`, { field: "settings" });
    }
    await this.records.setSettings(name, kept);
  }

  #sources(name: string, api: Record<string, unknown>): SettingSources {
    return { api, environment: this.environment, file: this.records.file(name) };
  }
}

const pick = (record: Record<string, unknown>, name: string) => (name in record ? { [name]: record[name] } : {});
