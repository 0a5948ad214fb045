import type { PluginFault } from "../contract/fault.ts";
import type { Work } from "../contract/protocol.ts";

export interface Job {
  work: Work;
  /** Milliseconds of its own: while it waits for nothing of the host. */
  own: number;
  /** What it waits for of the host. */
  calls: number;
  /** How many of these are a `sleep`. */
  sleeps: number;
  done: Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (fault: PluginFault) => void;
}

/** What plugins are at. */
export interface Pulse {
  /** Handlers, schedules and routes that do something. */
  working: number;
  /** Handlers of events that only wait for the clock. */
  asleep: number;
}

let last = 0;

/** What a version was given to do and is not done with. */
export class Jobs {
  readonly #open = new Map<number, Job>();

  /** Its number is nobody else's, in this thread or any. */
  open(work: Work): { id: number; done: Promise<unknown> } {
    const { promise: done, resolve, reject } = Promise.withResolvers<unknown>();
    const id = ++last;
    this.#open.set(id, { work, own: 0, calls: 0, sleeps: 0, done, resolve, reject });
    return { id, done };
  }

  get(id: number | null): Job | null {
    return (id === null ? undefined : this.#open.get(id)) ?? null;
  }

  /** Takes it out: it is done with. */
  close(id: number): Job | null {
    const job = this.get(id);
    this.#open.delete(id);
    return job;
  }

  get any(): boolean {
    return this.#open.size > 0;
  }

  /** Whether one of them waits for nothing of the host. */
  get isRunning(): boolean {
    return [...this.#open.values()].some(({ calls }) => calls === 0);
  }

  get pulse(): Pulse {
    const open = [...this.#open.values()];
    const sleeping = open.filter(({ calls, sleeps }) => sleeps > 0 && sleeps === calls);
    const asleep = sleeping.filter(({ work }) => work.kind === "event").length;
    return { working: open.length - sleeping.length, asleep };
  }

  /** Lets `ms` pass; the job that had more than `patience` to itself, if there is one. */
  age(ms: number, patience: number): Job | null {
    for (const job of this.#open.values()) {
      if (job.calls > 0) continue;
      job.own += ms;
      if (job.own >= patience) return job;
    }
    return null;
  }

  rejectAll(fault: PluginFault): void {
    for (const job of this.#open.values()) job.reject(fault);
    this.#open.clear();
  }
}
