import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BotEvent } from "../core/events.ts";
import { Failure } from "../core/failure.ts";
import type { DraftContent } from "../core/message.ts";
import { recipient } from "../core/recipient.ts";
import type { PluginDetails, Plugins, PluginScope } from "../core/plugins.ts";
import { Ears } from "./ears.ts";
import { Folder } from "./folder.ts";
import { Languages } from "./languages.ts";
import { Guards, type People } from "./guards.ts";
import { Installed } from "./installed.ts";
import type { Pulse } from "./jobs.ts";
import { HostLandlord } from "./landlord.ts";
import { Notes } from "./notes.ts";
import { Questions } from "./questions.ts";
import { deletePlugin, Removals } from "./removals.ts";
import { Router } from "./router.ts";
import { handleRequest } from "./routes.ts";
import { Scopes, tidy, withChat } from "./scopes.ts";
import type { PluginDeliveries, PluginOutcome, PluginServices } from "./services.ts";
import { Threads } from "./threads.ts";
import { Values } from "./values.ts";
import { watchFiles } from "./watch.ts";
import type { OutgoingDraft, PluginInfo } from "./words.ts";

export interface PluginHostOptions {
  /** PLUGINS_DIR. Made, with `seed` in it, when it is not there. */
  dir: string;
  services: PluginServices;
  deliveries: PluginDeliveries;
  /** What commands begin with. Default `!`. */
  prefixes?: readonly string[];
  people?: Partial<People>;
  /** What the bot speaks, best first. Default `en`. */
  languages?: readonly string[];
  /** The bot's time zone. Default the machine's. */
  zone?: string;
  /** Where `PLUGIN_<NAME>_<SETTING>` is looked up. */
  environment?: Record<string, string | undefined>;
  /** Just these files, wherever they are, instead of what is in the folder. */
  files?: readonly string[];
  /** Reload what is saved. Default true. */
  watch?: boolean;
  /** Files for a folder that is made: name to text. */
  seed?: () => Record<string, string>;
}

/** Loads what is in the folder and starts it. What does not load is logged; the host starts anyway. */
export async function startPluginHost(options: PluginHostOptions): Promise<PluginHost> {
  const dir = resolve(options.dir);
  if (!existsSync(dir)) {
    mkdirSync(dir, { recursive: true });
    for (const [name, text] of Object.entries(options.seed?.() ?? {})) await Bun.write(join(dir, name), text);
  }
  const host = new PluginHost(dir, options);
  await host.begin();
  if (options.watch !== false) host.watch();
  return host;
}

/** The plugins of one folder, and the only way to them. */
export class PluginHost implements Plugins {
  readonly #folder: Folder;
  readonly #ears: Ears;
  readonly #notes: Notes;
  readonly #values: Values;
  readonly #languages: Languages;
  readonly #removals: Removals;
  readonly #scopes = new Scopes();
  readonly #threads = new Threads();
  readonly #landlord: HostLandlord;
  #unwatch: (() => void) | null = null;
  /** Looks at what was saved: a stop waits for them. */
  readonly #following = new Set<Promise<void>>();

  constructor(
    readonly dir: string,
    options: PluginHostOptions,
  ) {
    const { services, deliveries, prefixes = ["!"], people, environment = {}, files = null } = options;
    const { zone = Intl.DateTimeFormat().resolvedOptions().timeZone } = options;
    const router = new Router(prefixes);
    const questions = new Questions(services.data, services.clock);
    const [notes, scopes, threads] = [new Notes(services.data, dir), this.#scopes, this.#threads];
    const languages = new Languages(services.data, [...(options.languages ?? ["en"]), "en"]);
    const owners = { owners: people?.owners ?? [], admins: people?.admins ?? [] };
    const guards = new Guards(owners, services, services.clock, languages);
    const ears = new Ears(router, questions, guards, services, scopes);
    const values = new Values(notes, environment);
    this.#removals = new Removals(services.data);
    const folder = new Folder(dir, files, {
      install: (file, root) => new Installed(file, root, this.#landlord),
      remove: (plugin) => this.#letGo(plugin),
    });
    const parts = { services, deliveries, folder, ears, router, questions, notes, values, guards, languages, scopes };
    this.#landlord = new HostLandlord({ ...parts, threads, zone, plugins: this.#forPlugins() });
    [this.#folder, this.#ears, this.#notes, this.#values, this.#languages] = [folder, ears, notes, values, languages];
  }

  async begin(): Promise<void> {
    await this.#languages.restore();
    await this.#folder.scan();
    for (const name of await this.#removals.pending())
      if (this.#folder.named(name) === null) await this.#removals.finish(name);
  }

  /** Looks at the folder: loads what is new, lets go what is gone. */
  scan(): Promise<void> {
    return this.#folder.scan();
  }

  /** Reloads what is saved from now on. */
  watch(): void {
    this.#unwatch ??= watchFiles(this.dir, (files) => {
      const following = this.#follow(files).finally(() => this.#following.delete(following));
      this.#following.add(following);
    });
  }

  list(): PluginInfo[] {
    return this.#folder.all.map(infoOf).sort((a, b) => a.name.localeCompare(b.name));
  }

  async details(name: string): Promise<PluginDetails> {
    const plugin = this.#folder.find(name);
    const { manifest } = plugin;
    const settings = manifest?.config ?? {};
    return {
      ...infoOf(plugin),
      file: plugin.file,
      version: manifest?.version ?? null,
      settings,
      values: await this.#values.shown({ name, config: settings }),
      scope: await this.#notes.scope(name),
    };
  }

  /** Starts it, now and after every restart; a clean slate for one that was disabled for its faults. */
  async enable(name: string): Promise<void> {
    const plugin = this.#folder.find(name);
    await this.#notes.want(plugin.name, true);
    await this.#notes.banish(plugin.name, null);
    plugin.pardon();
    if (plugin.state !== "running") await plugin.load();
    if (infoOf(plugin).state !== "running") throw new Failure("conflict", `${name} does not start: ${plugin.problem}`);
  }

  /** Loads its file anew, as a save does. */
  reload(name: string): Promise<void> {
    return this.#folder.find(name).load();
  }

  async disable(name: string): Promise<void> {
    const plugin = this.#folder.find(name);
    await this.#notes.want(plugin.name, false);
    await plugin.stop("off");
  }

  async uninstall(name: string, { keepData = false }: { keepData?: boolean } = {}): Promise<void> {
    const plugin = this.#folder.find(name);
    await this.#folder.remove(plugin);
    deletePlugin(plugin.file, this.dir);
    await this.#removals.settle(name, keepData);
  }

  /** Sets some settings; null takes one back. Throws `invalid` and keeps what was when the whole does not fit. */
  async configure(name: string, values: Record<string, unknown>): Promise<void> {
    const plugin = this.#folder.find(name);
    await this.#values.change({ name, config: plugin.manifest?.config ?? {} }, values);
    await plugin.load();
  }

  /** Where it is on; chats by JID or phone number. Throws `invalid`. */
  async place(name: string, scope: PluginScope): Promise<void> {
    const plugin = this.#folder.find(name);
    const kept = tidy(scope);
    await this.#notes.setScope(plugin.name, kept);
    this.#scopes.set(plugin.name, kept);
  }

  /** Hands one logged event to one plugin again, now. What it sent for it before is not sent twice. */
  replay(name: string, event: BotEvent): Promise<PluginOutcome> {
    return this.#ears.deliver(this.#folder.find(name), event, 0);
  }

  /** Answers a request to `/plugins/<name>/…`. Throws Failures. */
  handle(request: Request): Promise<Response> {
    return handleRequest((name) => this.#folder.named(name), request);
  }

  /** What the plugins' outgoing hooks make of a draft; throws `refused` when one stops it. */
  outgoing(draft: OutgoingDraft): Promise<DraftContent> {
    return this.#landlord.outgoing(draft);
  }

  /** What all of them are at. */
  get pulse(): Pulse {
    const all = this.#folder.all.map(({ pulse }) => pulse);
    const sum = (key: keyof Pulse) => all.reduce((total, pulse) => total + pulse[key], 0);
    return { working: sum("working"), asleep: sum("asleep") };
  }

  async close(): Promise<void> {
    this.#unwatch?.();
    await Promise.all(this.#following);
    await this.#threads.close();
    await Promise.all(this.#folder.all.map((plugin) => plugin.stop()));
  }

  /** What a plugin with the permission `admin` may do with the others. */
  #forPlugins(): HostLandlord["plugins"] {
    return {
      list: () => this.list(),
      enable: (name, chat) => (chat === null ? this.enable(name) : this.#placeChat(name, chat, true)),
      disable: (name, chat) => (chat === null ? this.disable(name) : this.#placeChat(name, chat, false)),
      uninstall: (name, options) => this.uninstall(name, options),
    };
  }

  async #placeChat(name: string, chat: string, on: boolean): Promise<void> {
    const scope = await this.#notes.scope(this.#folder.find(name).name);
    await this.place(name, withChat(scope, recipient(chat), on));
  }

  async #follow(files: ReadonlySet<string>): Promise<void> {
    try {
      await this.#folder.changed(files);
    } catch (error) {
      this.#landlord.services.log.error({ err: error }, "the plugins folder was not looked at");
    }
  }

  /** Its file is gone, or will be. */
  async #letGo(plugin: Installed): Promise<void> {
    await plugin.stop();
    await this.#threads.drop(plugin.file);
    await this.#removals.finish(plugin.name);
  }
}

function infoOf({ name, state, problem, manifest }: Installed): PluginInfo {
  const { description = "", permissions = [] } = manifest ?? {};
  return { name, description, state, permissions, problem };
}
