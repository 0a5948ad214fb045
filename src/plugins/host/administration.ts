import { Failure } from "../../core/base/failure.ts";
import type { Clock } from "../../core/base/clock.ts";
import type { BundledPlugin, PluginDetails, Plugins, PluginScope } from "../../core/ports/plugins.ts";
import { recipient } from "../../core/model/recipient.ts";
import type { HostServices } from "../gateway/plugin-api.ts";
import type { Folder } from "./folder.ts";
import type { Installed } from "../lifecycle/installed.ts";
import { addBundled, bundledPlugin } from "./bundled-plugins.ts";
import { factsOf } from "./facts.ts";
import type { PluginRecords } from "../settings/plugin-records.ts";
import { deletePlugin, type Removals } from "./removals.ts";
import type { PluginData } from "../../core/ports/plugin-data.ts";
import { type Scopes, tidy, withChat } from "../routing/scopes.ts";
import type { SettingValues } from "../settings/values.ts";
import type { PluginInfo } from "../contract/words.ts";

interface PluginParts {
  dir: string;
  folder: Folder;
  records: PluginRecords;
  values: SettingValues;
  scopes: Scopes;
  removals: Removals;
  data: PluginData;
  clock: Clock;
  /** The bot's time zone. */
  zone: string;
  /** Those that come with the bot: file name to text. */
  bundled: Readonly<Record<string, string>>;
}

/** What people decide about plugins: which are on, where, with which settings. */
export class PluginAdministration implements Omit<Plugins, "replay" | "handle" | "listen"> {
  /** Read once: they do not change. */
  #bundled: ReturnType<typeof bundledPlugin>[] | null = null;

  constructor(readonly parts: PluginParts) {}

  list(): PluginInfo[] {
    return this.parts.folder.all.map(infoOf).sort((a, b) => a.name.localeCompare(b.name));
  }

  async details(name: string): Promise<PluginDetails> {
    const { values, records } = this.parts;
    const plugin = this.#find(name);
    const { manifest } = plugin;
    const settings = manifest?.config ?? {};
    return {
      ...infoOf(plugin),
      file: plugin.file,
      version: manifest?.version ?? null,
      settings,
      values: await values.shown({ name, config: settings }),
      scope: await records.scope(name),
      ...(await factsOf(plugin, this.parts)),
    };
  }

  bundled(): BundledPlugin[] {
    const { bundled, folder } = this.parts;
    this.#bundled ??= Object.entries(bundled).map(([file, text]) => bundledPlugin(file, text));
    return this.#bundled.map((each) => ({ ...each, added: folder.named(each.name) !== null }));
  }

  async add(name: string): Promise<void> {
    const { bundled, dir, folder } = this.parts;
    await addBundled(bundled, dir, name);
    await folder.scan();
  }

  async entries(name: string, prefix: string, limit: number) {
    const { data } = this.parts;
    // The host's own notes are none of what it keeps.
    return prefix.startsWith("$") ? [] : data.list(this.#find(name).name, prefix, limit);
  }

  /** Starts it, now and after every restart; a clean slate for one that was disabled for its faults. */
  async enable(name: string): Promise<void> {
    const { records } = this.parts;
    const plugin = this.#find(name);
    await records.want(plugin.name, true);
    await records.setDisabled(plugin.name, null);
    plugin.resetFaults();
    if (plugin.state !== "running") await plugin.load();
    if (infoOf(plugin).state !== "running") throw new Failure("conflict", `${name} does not start: ${plugin.problem}`);
  }

  async disable(name: string): Promise<void> {
    const { records } = this.parts;
    const plugin = this.#find(name);
    await records.want(plugin.name, false);
    await records.setDisabled(plugin.name, null);
    plugin.resetFaults();
    await plugin.stop("off");
  }

  async uninstall(name: string, { keepData = false }: { keepData?: boolean } = {}): Promise<void> {
    const { folder, removals, dir } = this.parts;
    const plugin = this.#find(name);
    await folder.remove(plugin);
    deletePlugin(plugin.file, dir);
    await removals.settle(name, keepData);
  }

  async configure(name: string, values: Record<string, unknown>): Promise<void> {
    const plugin = this.#find(name);
    await this.parts.values.change({ name, config: plugin.manifest?.config ?? {} }, values);
    await plugin.load();
  }

  /** Chats by JID or phone number. Throws `invalid`. */
  async place(name: string, scope: PluginScope): Promise<void> {
    const { records, scopes } = this.parts;
    const plugin = this.#find(name);
    const kept = tidy(scope);
    await records.setScope(plugin.name, kept);
    scopes.set(plugin.name, kept);
  }

  /** What a plugin with the permission `admin` may do with the others. */
  forPlugins(): HostServices["plugins"] {
    return {
      list: () => this.list(),
      enable: (name, chat) => (chat === null ? this.enable(name) : this.#placeChat(name, chat, true)),
      disable: (name, chat) => (chat === null ? this.disable(name) : this.#placeChat(name, chat, false)),
      uninstall: (name, options) => this.uninstall(name, options),
    };
  }

  async #placeChat(name: string, chat: string, on: boolean): Promise<void> {
    const scope = await this.parts.records.scope(this.#find(name).name);
    await this.place(name, withChat(scope, recipient(chat), on));
  }

  #find(name: string): Installed {
    return this.parts.folder.find(name);
  }
}

function infoOf({ name, state, problem, manifest }: Installed): PluginInfo {
  const { description = "", permissions = [] } = manifest ?? {};
  return { name, description, state, permissions, problem };
}
