import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BotEvent } from "../../core/model/events/events.ts";
import type { Service } from "../../core/base/service.ts";
import type { DraftContent } from "../../core/model/message/message.ts";
import type { BundledPlugin, PluginDetails, Plugins, PluginScope } from "../../core/ports/plugins.ts";
import { PluginAdministration } from "./administration.ts";
import { EventRouter } from "../routing/event-router.ts";
import { Folder } from "./folder.ts";
import { Languages } from "../routing/languages.ts";
import { Guards, type People } from "../routing/guards.ts";
import { Installed } from "../lifecycle/installed.ts";
import type { Pulse } from "../thread/jobs.ts";
import { HostPluginContext } from "./plugin-context.ts";
import { PluginRecords } from "../settings/plugin-records.ts";
import { Questions } from "../gateway/questions.ts";
import { Removals } from "./removals.ts";
import { CommandRouter } from "../routing/command-router.ts";
import { handleRequest } from "../routing/routes.ts";
import { Scopes } from "../routing/scopes.ts";
import type { PluginDeliveries, PluginOutcome, PluginServices } from "../contract/services.ts";
import { SettingValues } from "../settings/values.ts";
import { watchFiles } from "./watch.ts";
import type { OutgoingDraft, PluginInfo } from "../contract/words.ts";

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
  /** The plugins that come with the bot: file name to text. */
  bundled?: Readonly<Record<string, string>>;
  /** Files for a folder that is made: name to text. */
  seed?: () => Record<string, string>;
}

/** Loads what is in the folder and starts it. What does not load is logged; the host starts anyway. */
export async function startPluginHost(options: PluginHostOptions): Promise<PluginHost> {
  const host = new PluginHost(options);
  await host.start();
  return host;
}

/** The plugins of one folder, and the only way to them. */
export class PluginHost implements Plugins, Service {
  readonly dir: string;
  readonly #folder: Folder;
  readonly #eventRouter: EventRouter;
  readonly #languages: Languages;
  readonly #guards: Guards;
  readonly #router: CommandRouter;
  readonly #removals: Removals;
  readonly #context: HostPluginContext;
  readonly #administration: PluginAdministration;
  #unwatch: (() => void) | null = null;
  /** Looks at what was saved: a stop waits for them. */
  readonly #following = new Set<Promise<void>>();

  constructor(readonly options: PluginHostOptions) {
    const { services, deliveries, prefixes = ["!"], people, environment = {}, files = null } = options;
    const { zone = Intl.DateTimeFormat().resolvedOptions().timeZone } = options;
    const dir = resolve(options.dir);
    const router = new CommandRouter(prefixes);
    const questions = new Questions(services.data, services.clock);
    const [records, scopes] = [new PluginRecords(services.data, dir), new Scopes()];
    const languages = new Languages(services.data, usualOf(options.languages));
    const guards = new Guards(peopleOf(people), services, services.clock, languages);
    const eventRouter = new EventRouter(router, questions, guards, services, scopes);
    const values = new SettingValues(records, environment);
    const removals = new Removals(services.data);
    const folder = new Folder(dir, files, {
      install: (file, root) => new Installed(file, root, this.#context),
      remove: (plugin) => this.#unload(plugin),
    });
    const { bundled = {} } = options;
    const { data, clock } = services;
    const kept = { dir, folder, records, values, scopes, removals, data, clock, zone, bundled };
    const administration = new PluginAdministration(kept);
    const parts = {
      services,
      deliveries,
      folder,
      eventRouter,
      router,
      questions,
      records,
      values,
      guards,
      languages,
      scopes,
    };
    this.#context = new HostPluginContext({ ...parts, zone, plugins: administration.forPlugins() });
    [this.#guards, this.#router] = [guards, router];
    [this.dir, this.#folder, this.#eventRouter, this.#languages] = [dir, folder, eventRouter, languages];
    [this.#removals, this.#administration] = [removals, administration];
  }

  /** Resolves when everything in the folder was loaded, or refused. Before that nothing may happen that they are to hear. */
  async start(): Promise<void> {
    await this.#ensureFolder();
    await this.#languages.restore();
    await this.#folder.scan();
    for (const name of await this.#removals.pending())
      if (this.#folder.named(name) === null) await this.#removals.finish(name);
    if (this.options.watch !== false) this.watch();
  }

  /** From now on these are its prefixes, people and languages. */
  follow({ prefixes = ["!"], people, languages }: Pick<PluginHostOptions, "prefixes" | "people" | "languages">): void {
    this.#router.beginWith(prefixes);
    this.#guards.people = peopleOf(people);
    this.#languages.usual = usualOf(languages);
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

  listen(hear: () => void): () => void {
    this.#context.listeners.add(hear);
    return () => this.#context.listeners.delete(hear);
  }

  list(): PluginInfo[] {
    return this.#administration.list();
  }

  bundled(): BundledPlugin[] {
    return this.#administration.bundled();
  }

  add(name: string): Promise<void> {
    return this.#administration.add(name);
  }

  entries(name: string, prefix: string, limit: number) {
    return this.#administration.entries(name, prefix, limit);
  }

  details(name: string): Promise<PluginDetails> {
    return this.#administration.details(name);
  }

  enable(name: string): Promise<void> {
    return this.#administration.enable(name);
  }

  disable(name: string): Promise<void> {
    return this.#administration.disable(name);
  }

  uninstall(name: string, options?: { keepData?: boolean }): Promise<void> {
    return this.#administration.uninstall(name, options);
  }

  configure(name: string, values: Record<string, unknown>): Promise<void> {
    return this.#administration.configure(name, values);
  }

  place(name: string, scope: PluginScope): Promise<void> {
    return this.#administration.place(name, scope);
  }

  /** Loads its file anew, as a save does. */
  reload(name: string): Promise<void> {
    return this.#folder.find(name).load();
  }

  /** Hands one logged event to one plugin again, now. What it sent for it before is not sent twice. */
  replay(name: string, event: BotEvent): Promise<PluginOutcome> {
    return this.#eventRouter.deliver(this.#folder.find(name), event, 0);
  }

  /** Answers a request to `/plugins/<name>/…`. Throws Failures. */
  handle(request: Request): Promise<Response> {
    return handleRequest((name) => this.#folder.named(name), request);
  }

  /** What the plugins' outgoing hooks make of a draft; throws `refused` when one stops it. */
  outgoing(draft: OutgoingDraft): Promise<DraftContent> {
    return this.#context.outgoing(draft);
  }

  /** What all of them are at. */
  get pulse(): Pulse {
    const all = this.#folder.all.map(({ pulse }) => pulse);
    const sum = (key: keyof Pulse) => all.reduce((total, pulse) => total + pulse[key], 0);
    return { working: sum("working"), asleep: sum("asleep") };
  }

  async stop(): Promise<void> {
    this.#unwatch?.();
    await Promise.all(this.#following);
    await Promise.all(this.#folder.all.map((plugin) => plugin.stop()));
  }

  /** Makes the folder when it is not there, with what is to be in a new one. */
  async #ensureFolder(): Promise<void> {
    if (existsSync(this.dir)) return;
    mkdirSync(this.dir, { recursive: true });
    const files = Object.entries(this.options.seed?.() ?? {});
    await Promise.all(files.map(([name, text]) => Bun.write(join(this.dir, name), text)));
  }

  async #follow(files: ReadonlySet<string>): Promise<void> {
    try {
      await this.#folder.changed(files);
    } catch (error) {
      this.#context.services.log.error({ err: error }, "the plugins folder was not looked at");
    }
  }

  /** Its file is gone, or will be. */
  async #unload(plugin: Installed): Promise<void> {
    await plugin.stop();
    await this.#removals.finish(plugin.name);
    this.#context.moved();
  }
}

const peopleOf = (people: Partial<People> | undefined): People => ({
  owners: people?.owners ?? [],
  admins: people?.admins ?? [],
});

/** Who speaks nothing else is spoken to in English. */
const usualOf = (languages: readonly string[] = ["en"]): string[] => [...languages, "en"];
