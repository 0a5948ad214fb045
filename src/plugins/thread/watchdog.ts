import type { FaultLocator } from "./fault-locator.ts";
import type { PluginFault } from "../contract/fault.ts";
import type { Jobs } from "./jobs.ts";
import { beat } from "../contract/protocol.ts";
import { resident } from "./resident.ts";
import { fairly, Stillness } from "./stillness.ts";

export const limits = {
  /** Milliseconds a worker's event loop may stand still. */
  stuck: 1200,
  /** Milliseconds to load a file and run its `setup`. */
  load: 10_000,
  /** Bytes of heap, buffers included. */
  heap: 256 * 1024 * 1024,
  /** Bytes the process may grow by while one stands still, which nobody can ask for its heap then. */
  growth: 384 * 1024 * 1024,
  /** Messages from the worker in one check. */
  messages: 4000,
};
/** What mends a handler that takes too long. */
const pauseHint = ": where much is to be computed, await sleep(0) now and then";
const patienceHint =
  ": wait by await sleep(seconds), which does not count, or set patience, in seconds, beside its name";
/**
 * Milliseconds between two looks at a worker that does something, and at one that does nothing. Real time, not the
 * Clock's: a worker burns real time.
 */
const every = beat.every;
const seldom = 2 * beat.seldom;
/** Looks without anything to do after which the next come seldom. */
const quiet = 5;

/**
 * Watches one version in its thread. Counts looks, not wall time: a host that was itself late blames nobody for it.
 *
 *     seldom ─ a message either way, or no turn since the last look → often
 *     often ─ `quiet` looks at which nothing goes on → seldom
 */
export class PluginWatchdog {
  /** Milliseconds a handler may have to itself. */
  patience = 1500;
  readonly #stillness = new Stillness(every, limits.stuck);
  #timer: Timer | undefined;
  #at = performance.now();
  #messages = 0;
  /** Bytes the process held when the worker's loop turned last. */
  #resident = resident();
  /** Milliseconds that loading or `setup` take by now; null when neither goes on. */
  #loading: number | null = null;
  /** Looks since something went on; null while they come seldom. */
  #quiet: number | null = null;
  #turns = 0;
  #stopped = false;

  constructor(
    readonly words: Int32Array,
    readonly jobs: Jobs,
    readonly locator: FaultLocator,
    /** Hears of the first fault there is. */
    readonly found: (fault: PluginFault) => void,
    /** Makes the worker count its turns often. */
    readonly ask: () => void,
  ) {
    this.#lookOften();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Something is said to the worker, or was said by it. */
  markActive(): void {
    if (this.#quiet === null) this.#lookOften();
    this.#quiet = 0;
  }

  loading(begins: boolean): void {
    this.markActive();
    this.#loading = begins ? 0 : null;
  }

  /** False when it was one too many. */
  message(): boolean {
    this.markActive();
    if (++this.#messages <= limits.messages) return true;
    const text = `made more than ${limits.messages} calls in ${every} ms`;
    this.found(this.locator.fault("flood", text, this.siteNow()));
    return false;
  }

  /** The handler the worker entered last. */
  siteNow() {
    return this.locator.site(Atomics.load(this.words, beat.site));
  }

  #lookOften(): void {
    [this.#quiet, this.#at, this.#messages] = [0, performance.now(), 0];
    this.#resident = resident();
    Atomics.store(this.words, beat.watched, 1);
    this.ask();
    this.#lookIn(every);
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#lookAround(), ms);
    this.#timer.unref();
  }

  #lookAround(): void {
    const fault = this.#quiet === null ? this.#glance() : this.#look();
    if (fault) this.found(fault);
    if (this.#quiet !== null && !this.#isBusy) this.#quiet += 1;
    if (this.#quiet !== null && this.#quiet > quiet) {
      this.#quiet = null;
      this.#turns = Atomics.load(this.words, beat.turns);
      Atomics.store(this.words, beat.watched, 0);
    }
    this.#lookIn(this.#quiet === null ? seldom : every);
  }

  /** Something goes on that may take too long. */
  get #isBusy(): boolean {
    return this.#loading !== null || this.#stillness.standing || this.jobs.isRunning;
  }

  /** At a worker that had nothing to do: one whose loop does not turn all the same is looked at often. */
  #glance(): PluginFault | null {
    const turns = Atomics.load(this.words, beat.turns);
    if (turns === this.#turns) this.#lookOften();
    this.#turns = turns;
    return this.#overHeap();
  }

  #look(): PluginFault | null {
    this.#messages = 0;
    const elapsed = performance.now() - this.#at;
    this.#at += elapsed;
    const [turns = 0, thread = 0] = [beat.turns, beat.thread].map((word) => Atomics.load(this.words, word));
    const still = this.#stillness.look(turns, elapsed, thread);
    const overMemory = this.#overMemory();
    if (overMemory) return overMemory;
    if (still > 0) return this.locator.fault("stuck", `stood still for ${still} ms${pauseHint}`, this.siteNow());
    // Who stands still cannot be waiting for nothing.
    return this.#stillness.standing ? null : this.#idling(fairly(every, elapsed));
  }

  #overMemory(): PluginFault | null {
    const grown = resident() - this.#resident;
    if (!this.#stillness.standing) this.#resident += grown;
    else if (grown > limits.growth) {
      const text = `stood still while the bot grew by ${Math.round(grown / 1e6)} MB`;
      return this.locator.fault("memory", text, this.siteNow());
    }
    return this.#overHeap();
  }

  #overHeap(): PluginFault | null {
    const heap = Atomics.load(this.words, beat.heap) * 1024;
    if (heap <= limits.heap) return null;
    const text = `holds ${Math.round(heap / 1e6)} MB, more than ${Math.round(limits.heap / 1e6)}`;
    return this.locator.fault("memory", text, this.siteNow());
  }

  #idling(passed: number): PluginFault | null {
    if (this.#loading !== null && (this.#loading += passed) >= limits.load)
      return this.locator.fault("hung", `did not finish loading in ${limits.load / 1000} s`, this.siteNow());
    const hung = this.jobs.age(passed, this.patience);
    return (
      hung &&
      this.locator.fault("hung", `waited ${hung.own} ms by itself${patienceHint}`, this.locator.siteOf(hung.work))
    );
  }
}
