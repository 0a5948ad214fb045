import { existsSync, mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { BotEvent } from "../core/events.ts";
import { Failure } from "../core/failure.ts";
import type { DraftContent } from "../core/message.ts";
import { recipient } from "../core/recipient.ts";
import type { PluginDetails, Plugins, PluginScope } from "../core/plugins.ts";
import { Ears } from "./ears.ts";
import { Languages } from "./languages.ts";
import { belongs, findPlugins, rootOf } from "./find.ts";
import { hook } from "./hooks.ts";
import { Guards, type People } from "./guards.ts";
import { Installed, type Landlord } from "./installed.ts";
import { Notes } from "./notes.ts";
import type { Work } from "./protocol.ts";
import { Questions } from "./questions.ts";
import { Router } from "./router.ts";
import { handleRequest } from "./routes.ts";
import { chatOf, chatsOf, Scopes, tidy, withChat } from "./scopes.ts";
import type { PluginDeliveries, PluginOutcome, PluginServices } from "./services.ts";
import { Values } from "./values.ts";
import { watchFiles } from "./watch.ts";
import type { OutgoingDraft, PluginInfo, Role } from "./words.ts";

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
  seed?: Record<string, string>;
}

/** Loads what is in the folder and starts it. What does not load is logged; the host starts anyway. */
export async function startPluginHost(options: PluginHostOptions): Promise<PluginHost> {
  const dir = resolve(options.dir);
  if (!existsSync(dir)) {
    mkdirSync(dir, { recursive: true });
    for (const [name, text] of Object.entries(options.seed ?? {})) await Bun.write(join(dir, name), text);
  }
  const host = new PluginHost(dir, options);
  await host.begin();
  if (options.watch !== false) host.watch();
  return host;
}

/** The plugins of one folder, and the only way to them. */
export class PluginHost implements Plugins {
  readonly #byFile = new Map<string, Installed>();
  readonly #ears: Ears;
  readonly #router: Router;
  readonly #questions: Questions;
  readonly #notes: Notes;
  readonly #values: Values;
  readonly #guards: Guards;
  readonly #languages: Languages;
  readonly #scopes = new Scopes();
  readonly #landlord: Landlord;
  /** Commands that two plugins want, told once. */
  readonly #contested = new Set<string>();
  #unwatch: (() => void) | null = null;

  constructor(
    readonly dir: string,
    readonly options: PluginHostOptions,
  ) {
    const { services } = options;
    this.#languages = new Languages(services.data, [...(options.languages ?? ["en"]), "en"]);
    const people = { owners: options.people?.owners ?? [], admins: options.people?.admins ?? [] };
    this.#router = new Router(options.prefixes ?? ["!"]);
    this.#questions = new Questions(services.data, services.clock);
    this.#notes = new Notes(services.data, dir);
    this.#values = new Values(this.#notes, options.environment ?? {});
    this.#guards = new Guards(people, services, services.clock, this.#languages);
    this.#ears = new Ears(this.#router, this.#questions, this.#guards, services, this.#scopes);
    this.#landlord = this.#makeLandlord();
  }

  async begin(): Promise<void> {
    await this.#languages.restore();
    await this.scan();
  }

  /** Looks at the folder: loads what is new, lets go what is gone. */
  async scan(): Promise<void> {
    const files = this.options.files ?? findPlugins(this.dir);
    const gone = [...this.#byFile.keys()].filter((file) => !files.includes(file));
    await Promise.all(gone.map((file) => this.#remove(file)));
    const fresh = files.filter((file) => !this.#byFile.has(file));
    for (const file of fresh) this.#byFile.set(file, new Installed(file, rootOf(file, this.dir), this.#landlord));
    // One after the other: who comes first by name keeps a command that two want.
    for (const file of fresh) await this.#byFile.get(file)?.load();
  }

  /** Reloads what is saved from now on. */
  watch(): void {
    this.#unwatch ??= watchFiles(this.dir, (files) => void this.#changed(files));
  }

  list(): PluginInfo[] {
    return [...this.#byFile.values()].map((plugin) => this.#info(plugin)).sort((a, b) => a.name.localeCompare(b.name));
  }

  async details(name: string): Promise<PluginDetails> {
    const plugin = this.#find(name);
    const { manifest } = plugin;
    const settings = manifest?.config ?? {};
    return {
      ...this.#info(plugin),
      file: plugin.file,
      version: manifest?.version ?? null,
      settings,
      values: await this.#values.shown({ name, config: settings }),
      scope: await this.#notes.scope(name),
    };
  }

  /** Starts it, now and after every restart; a clean slate for one that was disabled for its faults. */
  async enable(name: string): Promise<void> {
    const plugin = this.#find(name);
    await this.#notes.want(plugin.name, true);
    await this.#notes.banish(plugin.name, null);
    plugin.pardon();
    if (plugin.state !== "running") await plugin.load();
    if (this.#info(plugin).state !== "running")
      throw new Failure("conflict", `${name} does not start: ${plugin.problem}`);
  }

  /** Loads its file anew, as a save does. */
  reload(name: string): Promise<void> {
    return this.#find(name).load();
  }

  async disable(name: string): Promise<void> {
    const plugin = this.#find(name);
    await this.#notes.want(plugin.name, false);
    await plugin.stop("off");
  }

  /** Stops it, deletes its file or folder and everything it kept. */
  async uninstall(name: string): Promise<void> {
    const plugin = this.#find(name);
    await this.#remove(plugin.file);
    rmSync(dirname(plugin.file) === this.dir ? plugin.file : dirname(plugin.file), { recursive: true, force: true });
    await this.options.services.data.clear(plugin.name);
  }

  /** Sets some settings; null takes one back. Throws `invalid` and keeps what was when the whole does not fit. */
  async configure(name: string, values: Record<string, unknown>): Promise<void> {
    const plugin = this.#find(name);
    await this.#values.change({ name, config: plugin.manifest?.config ?? {} }, values);
    await plugin.load();
  }

  /** Where it is on; chats by JID or phone number. Throws `invalid`. */
  async place(name: string, scope: PluginScope): Promise<void> {
    const plugin = this.#find(name);
    const kept = tidy(scope);
    await this.#notes.setScope(plugin.name, kept);
    this.#scopes.set(plugin.name, kept);
  }

  async #placeChat(name: string, chat: string, on: boolean): Promise<void> {
    await this.place(name, withChat(await this.#notes.scope(this.#find(name).name), recipient(chat), on));
  }

  /** Hands one logged event to one plugin again, now. What it sent for it before is not sent twice. */
  replay(name: string, event: BotEvent): Promise<PluginOutcome> {
    return this.#ears.deliver(this.#find(name), event, 0);
  }

  /** Answers a request to `/plugins/<name>/…`. Throws Failures. */
  handle(request: Request): Promise<Response> {
    return handleRequest((name) => [...this.#byFile.values()].find((plugin) => plugin.name === name) ?? null, request);
  }

  /** What the plugins' outgoing hooks make of a draft; throws `refused` when one stops it. */
  outgoing(draft: OutgoingDraft): Promise<DraftContent> {
    const isOn = (plugin: string) => this.#scopes.isOn(plugin, draft.device, [chatOf(draft.to)]);
    const hooked = [...this.#byFile.values()].filter(({ name, registered }) => registered?.outgoing && isOn(name));
    return hook(
      hooked.filter(({ name }) => name !== draft.plugin),
      draft,
    );
  }

  /** Resolves when no plugin is at work: no handler runs, no schedule, no route. */
  async idle(): Promise<void> {
    await Promise.all([...this.#byFile.values()].map((plugin) => plugin.idle()));
  }

  async close(): Promise<void> {
    this.#unwatch?.();
    await Promise.all([...this.#byFile.values()].map((plugin) => plugin.stop()));
  }

  #find(name: string): Installed {
    const plugin = [...this.#byFile.values()].find((candidate) => candidate.name === name);
    if (!plugin) throw new Failure("not_found", `There is no plugin "${name}".`);
    return plugin;
  }

  #info(plugin: Installed): PluginInfo {
    const { name, state, problem, manifest } = plugin;
    const short = manifest ? name : basename(plugin.file);
    return {
      name: short,
      description: manifest?.description ?? "",
      state,
      permissions: manifest?.permissions ?? [],
      problem,
    };
  }

  async #remove(file: string): Promise<void> {
    const plugin = this.#byFile.get(file);
    this.#byFile.delete(file);
    await plugin?.stop();
  }

  /** A saved file concerns the plugin it belongs to; a shared one, all of them. */
  async #changed(files: Set<string>): Promise<void> {
    const known = [...this.#byFile.values()];
    await this.scan();
    const staying = known.filter((plugin) => this.#byFile.get(plugin.file) === plugin);
    const shared = [...files].some((file) => ![...this.#byFile.keys()].some((entry) => belongs(file, entry, this.dir)));
    const concerned = staying.filter(
      ({ file: entry }) => shared || [...files].some((file) => belongs(file, entry, this.dir)),
    );
    await Promise.all(concerned.map((plugin) => plugin.load()));
  }

  #makeLandlord(): Landlord {
    const { services, deliveries } = this.options;
    return {
      services,
      questions: this.#questions,
      languagesFor: ({ device, data }) =>
        this.#languages.of(device, "chat" in data && typeof data.chat === "string" ? data.chat : null),
      speak: ({ device, data }, language) => this.#languages.choose(device, data.chat, language),
      isOn: (name, device) => this.#scopes.isOn(name, device, []),
      zone: this.options.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      roleOf: (work: Work): Promise<Role> =>
        work.kind === "event" && work.event.type === "message.received"
          ? this.#guards.role(work.event as BotEvent<"message.received">)
          : Promise.resolve("owner"),
      commands: (work) => ({ prefixes: [...(this.options.prefixes ?? ["!"])], commands: this.#commandsAt(work) }),
      plugins: {
        list: () => this.list(),
        enable: (name, chat) => (chat === null ? this.enable(name) : this.#placeChat(name, chat, true)),
        disable: (name, chat) => (chat === null ? this.disable(name) : this.#placeChat(name, chat, false)),
      },
      outgoing: (draft) => this.outgoing(draft),
      faulted: (name, fault) => [...this.#byFile.values()].find((plugin) => plugin.name === name)?.faulted(fault),
      settings: (manifest) => this.#values.of(manifest),
      wanted: async (name) => ((await this.#notes.banished(name)) === null ? this.#notes.wanted(name) : false),
      claim: (name, plugin) => this.#claim(name, plugin),
      moveIn: (plugin) => this.#moveIn(plugin),
      moveOut: (plugin) => {
        this.#reroute();
        this.#questions.forget(plugin.name);
        deliveries.leave(plugin.name);
      },
      banish: (name, problem) => this.#notes.banish(name, problem),
    };
  }

  #commandsAt(work: Work | null) {
    if (work?.kind !== "event") return this.#router.list(() => true);
    const chats = chatsOf(work.event);
    return this.#router.list((plugin) => this.#scopes.isOn(plugin, work.event.device, chats));
  }

  /** Who comes first by file name keeps a command that two want. */
  #reroute(): void {
    const entries = [...this.#byFile.values()].flatMap((plugin) => plugin.registered?.commands ?? []);
    for (const { plugin, word, owner } of this.#router.set(entries)) {
      const key = `${plugin} ${word} ${owner}`;
      if (this.#contested.has(key)) continue;
      this.#contested.add(key);
      const sentence = "a command is another plugin's already; that one keeps it";
      this.options.services.log.warn({ plugin, word, owner }, sentence);
    }
  }

  #claim(name: string, plugin: Installed): void {
    const other = [...this.#byFile.values()].find(
      (candidate) => candidate !== plugin && candidate.manifest?.name === name,
    );
    if (other) throw new Error(`the name ${name} is taken by ${basename(other.file)}`);
  }

  async #moveIn(plugin: Installed): Promise<void> {
    const { deliveries, services } = this.options;
    await this.#questions.restore(plugin.name);
    this.#scopes.set(plugin.name, await this.#notes.scope(plugin.name));
    this.#reroute();
    deliveries.join(plugin.name, {
      wants: (event, device) => this.#ears.wants(plugin, event, device),
      deliver: async (event, failures) => plugin.lapsed(event) ?? this.#ears.deliver(plugin, event, failures),
    });
    services.log.info({ plugin: plugin.name, permissions: plugin.manifest?.permissions }, "a plugin runs");
  }
}
