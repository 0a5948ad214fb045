import { Failure } from "../../core/base/failure.ts";
import { FaultLocator } from "./fault-locator.ts";
import type { PluginFault } from "../contract/fault.ts";
import { Jobs, type Pulse } from "./jobs.ts";
import type { RpcCall, FromWorker, Manifest, Problem, Registered, ToWorker, Work } from "../contract/protocol.ts";
import type { FaultKind } from "../contract/services.ts";
import type { ThreadClient, Thread } from "./thread.ts";
import { PluginWatchdog } from "./watchdog.ts";

/** What the runner's owner hears of it. */
export interface RunnerOwner {
  /** Does what the plugin asks, or throws a Failure. */
  serve(call: RpcCall, work: Work | null): Promise<unknown>;
  log(level: "debug" | "info" | "warn" | "error", sentence: string, fields: Record<string, unknown>): void;
  /** The thread is gone, by this fault; never heard after `stop`. */
  ended(fault: PluginFault): void;
}

interface Stage {
  resolve: (value: never) => void;
  reject: (fault: PluginFault) => void;
}

/** Milliseconds for what a plugin does at its end. */
const closing = 1000;
/** Milliseconds that one at fault has to let go of what it opened: who takes too much gets less. */
const closingMs: Partial<Record<FaultKind, number>> = { exit: 1000, crash: 1000, hung: 1000, flood: 100, memory: 100 };

/** One version of one plugin in its thread, from its load to its end. */
export class Runner implements ThreadClient {
  readonly #jobs = new Jobs();
  readonly #locator: FaultLocator;
  readonly #watchdog: PluginWatchdog;
  #stage: Stage | null = null;
  /** Why it is over. */
  #fallen: PluginFault | null = null;
  #stopping = false;
  /** Resolves when a thread at fault is gone. */
  #cleared: Promise<null> | null = null;

  constructor(
    readonly thread: Thread,
    root: string,
    readonly owner: RunnerOwner,
  ) {
    this.#locator = new FaultLocator(thread.file, root);
    this.#watchdog = new PluginWatchdog(
      thread.words,
      this.#jobs,
      this.#locator,
      (fault) => this.#end(fault),
      () => thread.post({ type: "watched" }),
    );
    thread.occupy(this);
  }

  /** Imports the file with what it is permitted. Rejects with a PluginFault; the thread is gone then. */
  async load(permissions: readonly string[]): Promise<Manifest> {
    const system = permissions.includes("system");
    const manifest = await this.#staged<Manifest>({ type: "load", file: this.thread.file, system });
    this.#watchdog.patience = manifest.patience;
    return manifest;
  }

  /** Runs the plugin's `setup`. Rejects with a PluginFault; the thread is gone then. */
  async setUp(config: unknown): Promise<Registered> {
    return (this.#locator.registered = await this.#staged<Registered>({ type: "setup", config }));
  }

  get #over(): boolean {
    return this.#fallen !== null;
  }

  /** Hands over work. Rejects with a PluginFault: `throw` when the handler threw, else the thread is gone. */
  work(work: Work): Promise<unknown> {
    if (this.#fallen) return Promise.reject(this.#fallen);
    const { id, done } = this.#jobs.open(work);
    this.#watchdog.markActive();
    this.thread.post({ type: "work", job: id, work });
    return done;
  }

  get pulse(): Pulse {
    return this.#jobs.pulse;
  }

  /**
   * Waits for what is being handled, `ms` at most, lets the plugin close, closes what it opened and ends the thread,
   * without a fault. What the plugin threw at its end, or null.
   */
  async stop(ms: number): Promise<Problem | null> {
    this.#stopping = true;
    const until = performance.now() + ms;
    while (this.#jobs.any && !this.#over && performance.now() < until) await Bun.sleep(5);
    const problem = await (this.#cleared ?? this.thread.close(closing, { closing: true }));
    this.#finish(this.#locator.fault("exit", "was stopped"));
    await this.thread.end();
    return problem;
  }

  /** Ends the thread for something only its owner could see. */
  fail(kind: FaultKind, message: string): void {
    this.#end(this.#locator.fault(kind, message, this.#watchdog.siteNow()));
  }

  exited(error: string | null): void {
    const site = this.#watchdog.siteNow();
    this.#end(error === null ? this.#locator.fault("exit", "ended by itself") : this.#locator.crash(error, site));
  }

  hear(message: FromWorker): void {
    if (this.#over || !this.#watchdog.message()) return;
    switch (message.type) {
      case "loaded":
        return this.#staging(message.manifest);
      case "ready":
        return this.#staging(message.registered);
      case "broken":
        return this.#end(
          this.#locator.placed(this.#stage ? "load" : "crash", message.problem, this.#watchdog.siteNow()),
        );
      case "fell":
        return this.#end(this.#locator.placed(message.as, message.problem, this.#watchdog.siteNow()));
      case "done":
        return this.#jobs.close(message.job)?.resolve(message.value);
      case "failed": {
        const job = this.#jobs.close(message.job);
        return job?.reject(this.#locator.placed("throw", message.problem, this.#locator.siteOf(job.work)));
      }
      case "log":
        return this.owner.log(message.level, message.sentence, message.fields);
      case "call":
        return void this.#serve(message);
    }
  }

  #staged<T>(message: ToWorker): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#fallen) return reject(this.#fallen);
      this.#watchdog.loading(true);
      this.#stage = { resolve, reject };
      this.thread.post(message);
    });
  }

  #staging(value: unknown): void {
    this.#watchdog.loading(false);
    this.#stage?.resolve(value as never);
    this.#stage = null;
  }

  async #serve({ call, job: id, ...asked }: Extract<FromWorker, { type: "call" }>): Promise<void> {
    const job = this.#jobs.get(id);
    const sleeps = asked.method === "sleep" ? 1 : 0;
    if (job) Object.assign(job, { calls: job.calls + 1, sleeps: job.sleeps + sleeps });
    try {
      const value = await this.owner.serve(asked, job?.work ?? null);
      this.#watchdog.markActive();
      if (!this.#over) this.thread.post({ type: "answer", call, value });
    } catch (thrown) {
      const known = thrown instanceof Failure;
      if (!known) this.owner.log("error", "a call of a plugin failed", { method: asked.method, error: String(thrown) });
      const message = known ? thrown.message : "Something went wrong on the bot's side; its log has the details.";
      if (!this.#over) this.thread.post({ type: "refuse", call, code: known ? thrown.code : "internal", message });
    } finally {
      if (job) Object.assign(job, { calls: job.calls - 1, sleeps: job.sleeps - sleeps, own: 0 });
    }
  }

  /** Ends the thread for a fault. */
  #end(fault: PluginFault): void {
    if (this.#over) return;
    const heard = this.#stage !== null || this.#stopping;
    this.#finish(fault);
    this.#cleared = this.#clear(fault);
    if (!heard) this.owner.ended(fault);
  }

  /** Elsewhere than on Linux the programs that it started end with its version only, not with its thread. */
  async #clear({ kind }: PluginFault): Promise<null> {
    const ms = closingMs[kind];
    if (ms !== undefined) await this.thread.close(ms, { closing: false });
    await this.thread.end();
    return null;
  }

  /** Once: everything that waits for it is told why. */
  #finish(fault: PluginFault): void {
    if (this.#over) return;
    this.#fallen = fault;
    this.#watchdog.stop();
    this.#stage?.reject(fault);
    this.#stage = null;
    this.#jobs.rejectAll(fault);
  }
}
