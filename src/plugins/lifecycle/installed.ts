import { Turns } from "../../core/base/turns.ts";
import type { BotEvent } from "../../core/model/events/events.ts";
import type { PluginFaultNote } from "../../core/ports/plugins.ts";
import { FaultBudget } from "./budget.ts";
import { FaultLog } from "./fault-log.ts";
import type { HostServices } from "../gateway/plugin-api.ts";
import { PluginFault, shownPlace } from "../contract/fault.ts";
import { shownFile } from "./find.ts";
import { Generation } from "./generation.ts";
import { sourceManifest } from "./source-manifest.ts";
import type { Pulse } from "../thread/jobs.ts";
import { problemOf } from "../contract/place.ts";
import type { Manifest, Registered, Match } from "../contract/protocol.ts";
import type { FaultKind, PluginFaultNotice, PluginOutcome } from "../contract/services.ts";
import type { PluginInfo } from "../contract/words.ts";

/** What the host does for a plugin as its versions come and go. */
export interface PluginContext extends HostServices {
  /** Its settings, checked; throws a sentence. */
  settings(manifest: Manifest): Promise<Record<string, unknown>>;
  /** What an administrator decided, or null. */
  wanted(name: string): Promise<boolean | null>;
  /** Why it was disabled for its faults, or null. */
  disabledReason(name: string): Promise<string | null>;
  /** All that was decided about it, to be compared. */
  decided(name: string): Promise<string>;
  /** Throws when another file has that name. */
  claim(name: string, plugin: Installed): void;
  /** A version is ready and takes over: its commands and subscriptions count from now on. */
  activate(plugin: Installed): Promise<void>;
  /** Nothing of it runs any more. */
  deactivate(plugin: Installed): void;
  /** Whether its last version guarded what is sent, also before a restart. */
  wasGuard(name: string): Promise<boolean>;
  rememberGuard(name: string, isGuard: boolean): Promise<void>;
  /** Remembers that it was disabled for its faults. */
  disable(name: string, problem: string): Promise<void>;
  /** What the chat of an event is spoken to in, best first. */
  languagesFor(event: BotEvent): string[];
  zone: string;
  /** A plugin is in another state, or has another problem. */
  moved(): void;
}

/** How long a version may finish what it is at when a new one takes over. */
const grace = 1500;
/** Attempts at one event before it is given up. */
const attempts = 3;
/** Milliseconds: how old what was owed before a plugin was switched off may be when it is switched on again. */
const stale = 3_600_000;

/** One plugin as long as its file is there: loads it, restarts it, gives it up. */
export class Installed {
  #state: PluginInfo["state"] = "loading";
  problem: string | null = null;
  manifest: Manifest | null = null;
  /** What it registered; still known while it restarts, so that it is owed what happens meanwhile. */
  registered: Registered | null = null;
  /** Whether it guards what is sent: without it, until somebody switches it off, nothing is. */
  #isGuard = false;
  #now: Generation | null = null;
  #budget = new FaultBudget();
  #cancelRestart: (() => void) | null = null;
  #restartAt = 0;
  /** What happened before is no longer handed over: it was off, and answers to old messages startle people. */
  #since = 0;
  /** What was decided about it when it was loaded. */
  #decided: string | null = null;
  /** The load at the start of the bot is over. */
  #begun = false;
  readonly #turns = new Turns();
  readonly #faults = new FaultLog();

  constructor(
    readonly file: string,
    /** The folder whose files may appear in its stack traces. */
    readonly root: string,
    readonly context: PluginContext,
  ) {}

  get name(): string {
    return this.manifest?.name ?? shownFile(this.file);
  }

  get guards(): boolean {
    return this.#isGuard && this.state !== "off";
  }

  get generation(): Generation | null {
    return this.#now;
  }

  /**
   * Loads the file, for the first time or anew. What ran before goes on when the new version does not load. The file is
   * read at once, its `setup` begins after `before`.
   */
  load(before?: Promise<void>): Promise<void> {
    return this.#turns.take(async () => {
      await this.#load(before);
      this.#begun = true;
    });
  }

  /** Whether something else was decided about it since it was loaded: on, off, where, with which settings. */
  async isStale(): Promise<boolean> {
    return (await this.context.decided(this.name)) !== this.#decided;
  }

  get state(): PluginInfo["state"] {
    return this.#state;
  }

  set state(state: PluginInfo["state"]) {
    this.#state = state;
    this.context.moved();
  }

  /** Stops it and releases everything it made. */
  stop(state: PluginInfo["state"] = "off"): Promise<void> {
    return this.#turns.take(async () => {
      this.#cancelRestart?.();
      await this.#retire(state);
    });
  }

  /** A fresh start after it was disabled. */
  resetFaults(): void {
    this.#budget = new FaultBudget();
    this.problem = null;
  }

  /** Why an event that was owed before it was switched off is not handed over, or null. */
  lapsed(event: BotEvent): PluginOutcome | null {
    if (Date.parse(event.timestamp) >= this.#since) return null;
    return { ok: false, final: true, error: `not attempted: ${this.name} was off, and it is more than an hour old` };
  }

  /** Since the bot began, newest first. */
  get faults(): readonly PluginFaultNote[] {
    return this.#faults.notes;
  }

  get pulse(): Pulse {
    return this.#now?.pulse ?? { working: 0, asleep: 0 };
  }

  async deliver(event: BotEvent, match: Match, failures: number): Promise<PluginOutcome> {
    const generation = this.#now;
    const { clock } = this.context.services;
    if (!generation) {
      const wait = this.state === "restarting" ? Math.max(this.#restartAt - clock.monotonic(), 0) + 50 : 1000;
      return { ok: false, error: `${this.name} is ${this.state}`, retryAfter: wait };
    }
    try {
      await generation.event(event, match, this.context.languagesFor(event));
      this.#budget.success();
      return { ok: true };
    } catch (thrown) {
      const fault = thrown instanceof PluginFault ? thrown : new PluginFault("throw", problemOf(thrown, this.root));
      if (fault.kind === "throw") this.faulted(fault);
      const where = shownPlace(fault.problem);
      const error = where ? `${fault.message} (${where})` : fault.message;
      return {
        ok: false,
        error,
        final: failures + 1 >= attempts,
        retryAfter: Math.max(this.#restartAt - clock.monotonic(), 0) + 50,
      };
    }
  }

  /** A fault that left the worker alive. */
  faulted(fault: PluginFault): void {
    const { log, clock } = this.context.services;
    const place = shownPlace(fault.problem);
    log.error({ plugin: this.name, place, reason: fault.message }, "a plugin's handler failed");
    this.#faults.add({ at: clock.now(), action: "offered_again", reason: fault.message, place });
    this.context.moved();
    if (this.#budget.fault(false, clock.monotonic())) this.#giveUp(fault);
  }

  async #load(before?: Promise<void>): Promise<void> {
    this.#cancelRestart?.();
    this.#cancelRestart = null;
    if (!this.#now && this.state !== "restarting") this.state = "loading";
    const died = (fault: PluginFault) => this.#died(next, fault);
    const next: Generation = new Generation(this.file, this.root, this.context, died);
    try {
      const read = await sourceManifest(this.file, this.root);
      this.#decided = await this.context.decided(read.name);
      // What is off runs nothing, not the top of its file either.
      const isOn = await this.#isWanted(read);
      const manifest = isOn ? await this.#loaded(next, read) : read;
      await before;
      this.context.claim(manifest.name, this);
      // Known by its name, though its settings may not do yet: or nobody could set them.
      if (!this.#now) this.#call(manifest);
      if (!this.#now) this.#isGuard = await this.context.wasGuard(manifest.name);
      const disabled = await this.context.disabledReason(manifest.name);
      if (isOn && (await this.#isWanted(manifest))) {
        const settings = await this.context.settings(manifest);
        await next.setUp(settings, this.context.zone);
        return await this.#takeOver(next, manifest);
      }
      this.manifest = manifest;
      this.problem = disabled;
      await next.stop(0);
      await this.#retire(disabled === null ? "off" : "disabled");
      if (disabled !== null) this.#remind(manifest.name, disabled);
    } catch (thrown) {
      await next.stop(0);
      await before;
      this.#refused(thrown);
    }
  }

  async #isWanted({ name, enabled }: Manifest): Promise<boolean> {
    return (await this.context.disabledReason(name)) === null && ((await this.context.wanted(name)) ?? enabled);
  }

  /** The manifest of what runs now. Throws when it says something else than its source. */
  async #loaded(next: Generation, read: Manifest): Promise<Manifest> {
    const manifest = await next.load(read.permissions);
    const odd =
      read && (["name", "permissions"] as const).find((field) => !Bun.deepEquals(read[field], manifest[field]));
    if (!odd) return manifest;
    const message = `${odd} is something else once it runs: write it out as a literal`;
    throw new PluginFault("load", { message, file: this.file, line: null });
  }

  /** Or whoever mended it and saved would wonder. */
  #remind(plugin: string, reason: string): void {
    const sentence = "a plugin stays disabled after repeated faults until somebody enables it";
    this.context.services.log.warn({ plugin, reason }, sentence);
  }

  /** From now on that is what it says of itself; under another name it moves out of the old one. */
  #call(manifest: Manifest): void {
    if (this.manifest && this.manifest.name !== manifest.name) this.context.deactivate(this);
    this.manifest = manifest;
  }

  async #takeOver(next: Generation, manifest: Manifest): Promise<void> {
    const old = this.#now;
    this.#call(manifest);
    // At the start of the bot what its own absence left is handed over, however old.
    if (this.#begun && this.registered === null) this.#since = this.context.services.clock.now() - stale;
    this.#now = next;
    this.registered = next.registered;
    this.#isGuard = next.registered?.outgoing === "refuse";
    await this.context.rememberGuard(manifest.name, this.#isGuard);
    this.state = "running";
    this.problem = null;
    await this.context.activate(this);
    await next.start();
    await old?.stop(grace);
  }

  async #retire(state: PluginInfo["state"]): Promise<void> {
    const old = this.#now;
    this.#now = null;
    this.registered = null;
    this.state = state;
    this.context.deactivate(this);
    await old?.stop(grace);
  }

  #refused(thrown: unknown): void {
    const problem =
      thrown instanceof PluginFault ? thrown.problem : { ...problemOf(thrown, this.root), file: this.file };
    const kind: FaultKind = thrown instanceof PluginFault ? thrown.kind : "load";
    const kept = this.#now !== null;
    this.problem = `${problem.message}${shownPlace(problem) ? ` (${shownPlace(problem)})` : ""}`;
    if (!kept) {
      this.state = "failed";
      this.registered = null;
      this.context.deactivate(this);
    }
    const fields = { plugin: this.name, place: shownPlace(problem), reason: problem.message };
    this.context.services.log.error(
      fields,
      kept ? "a plugin's new version does not load; the old one stays" : "a plugin does not load",
    );
    this.#tell("not_loaded", kind, problem.message, shownPlace(problem));
    this.context.moved();
  }

  #died(generation: Generation, fault: PluginFault): void {
    generation.stop(0).catch((error: unknown) => this.#unfinished(error));
    if (this.#now !== generation) return;
    this.#now = null;
    const { clock, log } = this.context.services;
    const place = shownPlace(fault.problem);
    if (this.#budget.fault(true, clock.monotonic())) return this.#giveUp(fault);
    this.state = "restarting";
    const wait = this.#budget.backoff();
    this.#restartAt = clock.monotonic() + wait;
    log.error(
      { plugin: this.name, place, kind: fault.kind, reason: fault.message, wait },
      "a plugin was stopped and will be restarted",
    );
    this.#tell("restarted", fault.kind, fault.message, place);
    this.#cancelRestart = clock.after(wait, () => void this.load());
  }

  #giveUp(fault: PluginFault): void {
    const place = shownPlace(fault.problem);
    this.problem = `${fault.message}${place ? ` (${place})` : ""}`;
    const fields = { plugin: this.name, place, kind: fault.kind, reason: fault.message };
    this.context.services.log.error(fields, "a plugin was disabled after repeated faults");
    this.#tell("disabled", fault.kind, fault.message, place);
    const { problem } = this;
    this.stop("disabled")
      .then(() => this.context.disable(this.name, problem))
      .catch((error: unknown) => this.#unfinished(error));
  }

  #unfinished(error: unknown): void {
    this.context.services.log.error({ plugin: this.name, err: error }, "a plugin could not be stopped in order");
  }

  #tell(action: PluginFaultNotice["action"], kind: FaultKind, reason: string, place: string | null): void {
    this.#faults.add({ at: this.context.services.clock.now(), action, reason, place });
    this.context.services.tell?.({ plugin: this.name, action, kind, reason, place });
  }
}
