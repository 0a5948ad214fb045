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
/** Milliseconds between two looks at a worker. Real time, not the Clock's: a worker burns real time. */
const every = 200;

/** Watches one version in its thread. Counts looks, not wall time: a host that was itself late blames nobody for it. */
export class PluginWatchdog {
  /** Milliseconds a handler may have to itself. */
  patience = 1500;
  readonly #stillness = new Stillness(every, limits.stuck);
  readonly #timer: Timer;
  #at = performance.now();
  #messages = 0;
  /** Bytes the process held when the worker's loop turned last. */
  #resident = resident();
  /** Milliseconds that loading or `setup` take by now; null when neither goes on. */
  #loading: number | null = null;

  constructor(
    readonly words: Int32Array,
    readonly jobs: Jobs,
    readonly locator: FaultLocator,
    /** Hears of the first fault there is. */
    readonly found: (fault: PluginFault) => void,
  ) {
    this.#timer = setInterval(() => {
      const fault = this.#look();
      if (fault) this.found(fault);
    }, every);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  loading(begins: boolean): void {
    this.#loading = begins ? 0 : null;
  }

  /** False when it was one too many. */
  message(): boolean {
    if (++this.#messages <= limits.messages) return true;
    const text = `made more than ${limits.messages} calls in ${every} ms`;
    this.found(this.locator.fault("flood", text, this.siteNow()));
    return false;
  }

  /** The handler the worker entered last. */
  siteNow() {
    return this.locator.site(Atomics.load(this.words, beat.site));
  }

  #look(): PluginFault | null {
    this.#messages = 0;
    const elapsed = performance.now() - this.#at;
    this.#at += elapsed;
    const [turns = 0, thread = 0] = [beat.turns, beat.thread].map((word) => Atomics.load(this.words, word));
    const still = this.#stillness.look(turns, elapsed, thread);
    const overMemory = this.#overMemory();
    if (overMemory) return overMemory;
    if (still > 0) return this.locator.fault("stuck", `stood still for ${still} ms`, this.siteNow());
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
    const heap = Atomics.load(this.words, beat.heap) * 1024;
    if (heap <= limits.heap) return null;
    const text = `holds ${Math.round(heap / 1e6)} MB, more than ${Math.round(limits.heap / 1e6)}`;
    return this.locator.fault("memory", text, this.siteNow());
  }

  #idling(passed: number): PluginFault | null {
    if (this.#loading !== null && (this.#loading += passed) >= limits.load)
      return this.locator.fault("hung", `did not finish loading in ${limits.load / 1000} s`, this.siteNow());
    const hung = this.jobs.age(passed, this.patience);
    return hung && this.locator.fault("hung", `waited ${hung.own} ms for nothing`, this.locator.siteOf(hung.work));
  }
}
