import { Failure } from "../core/failure.ts";
import { PluginFault } from "./fault.ts";
import { place } from "./place.ts";
import {
  beat,
  type Call,
  type FromWorker,
  type Manifest,
  type Problem,
  type Site,
  type Registered,
  type ToWorker,
  type Work,
} from "./protocol.ts";
import type { FaultKind } from "./services.ts";
import { fairly, Stillness } from "./stillness.ts";

/** What the runner's owner hears of it. */
export interface RunnerOwner {
  /** Does what the plugin asks, or throws a Failure. */
  serve(call: Call, work: Work | null): Promise<unknown>;
  log(level: "debug" | "info" | "warn" | "error", sentence: string, fields: Record<string, unknown>): void;
  /** The worker is gone, by this fault; never heard after `stop`. */
  ended(fault: PluginFault): void;
}

export interface Limits {
  /** Milliseconds a worker's event loop may stand still. */
  stuck: number;
  /** Milliseconds to load a file and run its `setup`. */
  load: number;
  /** Bytes of heap, buffers included. */
  heap: number;
  /** Messages from the worker in one check. */
  messages: number;
}
export const limits: Limits = { stuck: 1200, load: 10_000, heap: 256 * 1024 * 1024, messages: 4000 };
/** Milliseconds between two looks at a worker. Real time, not the Clock's: a worker burns real time. */
const every = 200;

interface Job {
  work: Work;
  /** Milliseconds of its own: while it waits for nothing of the host. */
  own: number;
  calls: number;
  done: Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (fault: PluginFault) => void;
}
interface Stage {
  resolve: (value: never) => void;
  reject: (fault: PluginFault) => void;
}

/** One worker with one version of one plugin, from its load to its end. */
export class Runner {
  #worker: Worker;
  #words = new Int32Array(new SharedArrayBuffer(beat.bytes));
  #jobs = new Map<number, Job>();
  #lastJob = 0;
  #stage: Stage | null = null;
  #watch: Timer;
  #stillness = new Stillness(every, limits.stuck);
  #seen = { at: performance.now(), messages: 0, loading: 0 };
  #over = false;
  #closed = Promise.withResolvers<void>();
  #registered: Registered | null = null;
  #patience = 1500;

  constructor(
    readonly file: string,
    readonly root: string,
    readonly owner: RunnerOwner,
  ) {
    this.#worker = new Worker(workerUrl(), { name: file, env: bareEnvironment() });
    // Bun's Worker has it, the DOM's type has not.
    (this.#worker as unknown as { unref(): void }).unref();
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#hear(data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#end(this.#crash(event.message));
    });
    this.#worker.addEventListener("close", () => {
      this.#closed.resolve();
      this.#end(this.#fault("exit", "ended by itself"));
    });
    this.#watch = setInterval(() => this.#look(), every);
    this.#watch.unref();
  }

  /** Imports the file. Rejects with a PluginFault; the worker is gone then. */
  async load(): Promise<Manifest> {
    const manifest = await this.#staged<Manifest>({
      type: "load",
      file: this.file,
      root: this.root,
      beat: this.#words.buffer,
    });
    this.#patience = manifest.patience;
    return manifest;
  }

  /** Runs the plugin's `setup`. Rejects with a PluginFault; the worker is gone then. */
  async setUp(config: unknown): Promise<Registered> {
    this.#registered = await this.#staged<Registered>({ type: "setup", config });
    return this.#registered;
  }

  /** Hands over work. Rejects with a PluginFault: `throw` when the handler threw, else the worker is gone. */
  work(work: Work): Promise<unknown> {
    if (this.#over) return Promise.reject(this.#fault("exit", "is not running"));
    const { promise: done, resolve, reject } = Promise.withResolvers<unknown>();
    const id = ++this.#lastJob;
    this.#jobs.set(id, { work, own: 0, calls: 0, done, resolve, reject });
    this.#post({ type: "work", job: id, work });
    return done;
  }

  get busy(): boolean {
    return this.#jobs.size > 0;
  }

  /** Resolves when it is given nothing to do any more. */
  async idle(): Promise<void> {
    while (this.busy) await Promise.allSettled([...this.#jobs.values()].map(({ done }) => done));
  }

  /** Waits for what is being handled, `ms` at most, then ends the worker without a fault. */
  async stop(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (this.busy && !this.#over && performance.now() < until) await Bun.sleep(5);
    this.#end(this.#fault("exit", "was stopped"), true);
    await this.#closed.promise;
  }

  /** Ends the worker for something only its owner could see. */
  blame(kind: FaultKind, message: string): void {
    this.#end(this.#fault(kind, message, this.#siteNow()));
  }

  #staged<T>(message: ToWorker): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#over) return reject(this.#fault("exit", "is not running"));
      this.#seen.loading = 0;
      this.#stage = { resolve, reject };
      this.#post(message);
    });
  }

  #post(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    if (this.#over) return;
    if (++this.#seen.messages > limits.messages)
      return this.#end(this.#fault("flood", `made more than ${limits.messages} calls in ${every} ms`, this.#siteNow()));
    switch (message.type) {
      case "loaded":
        return this.#staging(message.manifest);
      case "ready":
        return this.#staging(message.registered);
      case "broken":
        return this.#end(new PluginFault("load", message.problem));
      case "left":
        return this.#end(this.#placed("exit", message.problem, this.#siteNow()));
      case "done":
        return this.#settle(message.job, (job) => job.resolve(message.value));
      case "failed":
        return this.#settle(message.job, (job) =>
          job.reject(this.#placed("throw", message.problem, this.#siteOf(job.work))),
        );
      case "log":
        return this.owner.log(message.level, message.sentence, message.fields);
      case "call":
        return void this.#serve(message);
    }
  }

  #staging(value: unknown): void {
    this.#stage?.resolve(value as never);
    this.#stage = null;
  }

  #settle(id: number, how: (job: Job) => void): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    if (job) how(job);
  }

  async #serve({ call, job: id, ...asked }: Extract<FromWorker, { type: "call" }>): Promise<void> {
    const job = id === null ? undefined : this.#jobs.get(id);
    if (job) job.calls += 1;
    try {
      const value = await this.owner.serve(asked, job?.work ?? null);
      if (!this.#over) this.#post({ type: "answer", call, value });
    } catch (thrown) {
      const known = thrown instanceof Failure;
      if (!known) this.owner.log("error", "a call of a plugin failed", { method: asked.method, error: String(thrown) });
      const message = known ? thrown.message : "Something went wrong on the bot's side; its log has the details.";
      if (!this.#over) this.#post({ type: "refuse", call, code: known ? thrown.code : "internal", message });
    } finally {
      if (job) Object.assign(job, { calls: job.calls - 1, own: 0 });
    }
  }

  /** The watchdog. Counts looks, not wall time: a host that was itself late blames nobody for it. */
  #look(): void {
    this.#seen.messages = 0;
    const elapsed = performance.now() - this.#seen.at;
    this.#seen.at += elapsed;
    const [turns, thread] = [beat.turns, beat.thread].map((word) => Atomics.load(this.#words, word));
    const still = this.#stillness.look(turns ?? 0, elapsed, thread ?? 0);
    if (still > 0) return this.#end(this.#fault("stuck", `stood still for ${still} ms`, this.#siteNow()));
    const heap = Atomics.load(this.#words, beat.heap) * 1024;
    if (heap > limits.heap)
      return this.#end(
        this.#fault(
          "memory",
          `holds ${Math.round(heap / 1e6)} MB, more than ${Math.round(limits.heap / 1e6)}`,
          this.#siteNow(),
        ),
      );
    // Who stands still cannot be waiting for nothing.
    if (this.#stillness.standing) return;
    const passed = fairly(every, elapsed);
    if (this.#stage && (this.#seen.loading += passed) >= limits.load)
      return this.#end(this.#fault("hung", `did not finish loading in ${limits.load / 1000} s`, this.#siteNow()));
    for (const job of this.#jobs.values()) {
      if (job.calls > 0) continue;
      job.own += passed;
      if (job.own >= this.#patience)
        return this.#end(this.#fault("hung", `waited ${job.own} ms for nothing`, this.#siteOf(job.work)));
    }
  }

  #siteNow() {
    return this.#registered?.sites[Atomics.load(this.#words, beat.site)] ?? null;
  }

  #siteOf(work: Work) {
    const { schedules = [], routes = [], sites = [] } = this.#registered ?? {};
    const named = (what: string) => sites.find((site) => site.what === what) ?? null;
    if (work.kind === "schedule") return named(`every ${schedules[work.index]?.cron}`);
    if (work.kind === "http") return named(`http ${routes[work.index]?.method} ${routes[work.index]?.path}`);
    if (work.kind === "outgoing") return named("outgoing");
    if (work.taking.by === "command") return named(`command ${work.taking.command}`);
    if (work.taking.by === "answer") return named(`answer ${work.taking.name}`);
    return sites.find((site) => site.what.startsWith("on ")) ?? null;
  }

  #fault(kind: FaultKind, message: string, site: Site | null = null): PluginFault {
    const where = site === null ? "" : `${site.what} `;
    return new PluginFault(kind, {
      message: `${where}${message}`,
      file: site?.file ?? this.file,
      line: site?.line ?? null,
    });
  }

  /** A stack without the plugin's own frame (a tail call leaves none) is placed where the handler was registered. */
  #placed(kind: FaultKind, problem: Problem, site: Site | null): PluginFault {
    if (problem.file !== null) return new PluginFault(kind, problem);
    return new PluginFault(kind, { ...problem, file: site?.file ?? this.file, line: site?.line ?? null });
  }

  #crash(text: string): PluginFault {
    const said =
      /(?:^|\n)\s*((?:\w*[Ee]rror|error): [^\n]*)/.exec(text)?.[1] ?? text.trim().split("\n")[0] ?? "crashed";
    const message = said.replace(/^error: /, "").slice(0, 500);
    const found = place(text, this.root);
    return this.#placed("crash", { message, ...found }, this.#siteNow());
  }

  /** Ends the worker, once: everything that waits for it is told why. */
  #end(fault: PluginFault, asked = false): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#watch);
    this.#worker.terminate();
    this.#stage?.reject(fault);
    for (const job of this.#jobs.values()) job.reject(fault);
    this.#jobs.clear();
    if (!asked && !this.#stage) this.owner.ended(fault);
    this.#stage = null;
  }
}

/** Compiled, the worker is an entry of its own beside main. */
function workerUrl(): string {
  return new URL(Bun.isStandaloneExecutable ? "plugins/worker.ts" : "worker.ts", import.meta.url).href;
}

/** A plugin's settings come through its config; the bot's keys are not for its eyes. */
function bareEnvironment(): Record<string, string> {
  return Object.fromEntries(["TZ", "LANG"].flatMap((name) => (Bun.env[name] ? [[name, Bun.env[name]]] : [])));
}
