import type { BotEvent } from "../../core/model/events/events.ts";
import { PluginApi, type HostServices } from "../gateway/plugin-api.ts";
import type { Pulse } from "../thread/jobs.ts";
import { PluginFault, shownPlace } from "../contract/fault.ts";
import type { Manifest, Registered, Match } from "../contract/protocol.ts";
import { flawOfRegistered } from "../contract/registered.ts";
import { Runner } from "../thread/runner.ts";
import { Schedules } from "./schedules.ts";
import { Thread } from "../thread/thread.ts";

/** One version of a plugin that runs: its thread, its door, its schedules. A reload makes a new one. */
export class Generation {
  readonly runner: Runner;
  manifest: Manifest | null = null;
  registered: Registered | null = null;
  #api: PluginApi | null = null;
  #schedules: Schedules | null = null;

  constructor(
    file: string,
    root: string,
    readonly host: HostServices,
    /** The worker died of a fault after it was ready. */
    onEnd: (fault: PluginFault) => void,
  ) {
    this.runner = new Runner(new Thread(file, root), root, {
      serve: (call, work) => {
        if (!this.#api) throw new Error("the plugin called before its setup");
        return this.#api.serve(call, work);
      },
      log: (level, sentence, fields) =>
        host.services.log[level]({ ...fields, plugin: this.manifest?.name ?? file, said: sentence }, "a plugin says"),
      ended: onEnd,
    });
  }

  /** Runs the file as far as its manifest, with the permissions that its source asks for. */
  async load(permissions: readonly string[]): Promise<Manifest> {
    this.manifest = await this.runner.load(permissions);
    return this.manifest;
  }

  /** Runs the plugin's setup; it is ready for work then, but its schedules do not run yet. */
  async setUp(config: unknown, zone: string): Promise<Registered> {
    const { manifest, host } = this;
    if (!manifest) throw new Error("load comes first");
    this.#api = new PluginApi(manifest, host, (message) => this.runner.fail("flood", message));
    this.registered = await this.runner.setUp(config);
    const flaw = flawOfRegistered(manifest, this.registered);
    if (flaw) throw new PluginFault("load", flaw);
    const { clock, data, log } = host.services;
    const failed = (error: unknown): void =>
      log.error({ plugin: manifest.name, err: error }, "what a plugin ran on time could not be written down");
    const run = (index: number, at: number) => this.#scheduled(index, at);
    this.#schedules = new Schedules(manifest.name, this.registered.schedules, clock, data, zone, run, failed);
    return this.registered;
  }

  /** From now on its schedules run too. */
  start(): Promise<void> | undefined {
    return this.#schedules?.start();
  }

  async stop(ms: number): Promise<void> {
    this.#schedules?.stop();
    const problem = await this.runner.stop(ms);
    await this.#api?.close();
    if (problem) {
      const fields = { plugin: this.manifest?.name, place: shownPlace(problem), reason: problem.message };
      this.host.services.log.error(fields, "a plugin failed at its end");
    }
  }

  get pulse(): Pulse {
    return this.runner.pulse;
  }

  event(event: BotEvent, match: Match, languages: string[]): Promise<unknown> {
    return this.runner.work({ kind: "event", event, match, languages });
  }

  async #scheduled(index: number, at: number): Promise<boolean> {
    try {
      await this.runner.work({ kind: "schedule", index, at });
      return true;
    } catch (thrown) {
      if (thrown instanceof PluginFault && thrown.kind === "throw")
        this.host.faulted(this.manifest?.name ?? "", thrown);
      return false;
    }
  }
}
