import type { BotEvent } from "../core/events.ts";
import { Door, type Household } from "./door.ts";
import { PluginFault } from "./fault.ts";
import type { Manifest, Registered, Taking } from "./protocol.ts";
import { Runner } from "./runner.ts";
import { Schedules } from "./schedules.ts";

/** One version of a plugin that runs: its worker, its door, its schedules. A reload makes a new one. */
export class Generation {
  readonly runner: Runner;
  manifest: Manifest | null = null;
  registered: Registered | null = null;
  #door: Door | null = null;
  #schedules: Schedules | null = null;

  constructor(
    file: string,
    root: string,
    readonly house: Household,
    /** The worker died of a fault after it was ready. */
    onEnd: (fault: PluginFault) => void,
  ) {
    this.runner = new Runner(file, root, {
      serve: (call, work) => {
        if (!this.#door) throw new Error("the plugin called before its setup");
        return this.#door.serve(call, work);
      },
      log: (level, sentence, fields) =>
        house.services.log[level]({ ...fields, plugin: this.manifest?.name ?? file, said: sentence }, "a plugin says"),
      ended: onEnd,
    });
  }

  /** Reads the file as far as its manifest. */
  async load(): Promise<Manifest> {
    this.manifest = await this.runner.load();
    return this.manifest;
  }

  /** Runs the plugin's setup; it is ready for work then, but its schedules do not run yet. */
  async setUp(config: unknown, zone: string): Promise<Registered> {
    const { manifest, house } = this;
    if (!manifest) throw new Error("load comes first");
    this.#door = new Door(manifest, house, (message) => this.runner.blame("flood", message));
    this.registered = await this.runner.setUp(config);
    this.#check(manifest, this.registered);
    const { clock, data } = house.services;
    this.#schedules = new Schedules(manifest.name, this.registered.schedules, clock, data, zone, (index, at) =>
      this.#scheduled(index, at),
    );
    return this.registered;
  }

  /** From now on its schedules run too. */
  start(): Promise<void> | undefined {
    return this.#schedules?.start();
  }

  async stop(ms: number): Promise<void> {
    this.#schedules?.stop();
    await this.runner.stop(ms);
    await this.#door?.close();
  }

  async idle(): Promise<void> {
    await this.#schedules?.idle();
    await this.runner.idle();
  }

  event(event: BotEvent, taking: Taking, languages: string[]): Promise<unknown> {
    return this.runner.work({ kind: "event", event, taking, languages });
  }

  #check(manifest: Manifest, { outgoing, routes }: Registered): void {
    const missing = outgoing && !manifest.permissions.includes("outgoing") ? "outgoing" : null;
    const without = missing ?? (routes.length > 0 && !manifest.permissions.includes("http") ? "http" : null);
    if (without) throw new Error(`${manifest.name} uses ${without}: add "${without}" to its permissions`);
  }

  async #scheduled(index: number, at: number): Promise<boolean> {
    try {
      await this.runner.work({ kind: "schedule", index, at });
      return true;
    } catch (thrown) {
      if (thrown instanceof PluginFault && thrown.kind === "throw")
        this.house.faulted(this.manifest?.name ?? "", thrown);
      return false;
    }
  }
}
