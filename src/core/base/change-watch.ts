import type { Clock } from "./clock.ts";
import type { Watchers } from "./watchers.ts";

export interface ChangeWatchPorts {
  clock: Clock;
  /** Whose changes are followed. */
  changes: Watchers;
  /** Ends it. */
  signal: AbortSignal;
}

/** Looks after changes: once for all that come within a pause, and again when a look fails. */
export class ChangeWatch {
  #isDue = false;

  readonly #ports: ChangeWatchPorts;
  readonly #pauseMs: number;
  readonly #look: () => Promise<void>;

  constructor(ports: ChangeWatchPorts, pauseMs: number, look: () => Promise<void>) {
    this.#ports = ports;
    this.#pauseMs = pauseMs;
    this.#look = look;
  }

  begin(): void {
    this.#ports.changes.listen(() => this.soon());
    // What the last process did not come to see.
    this.soon();
  }

  soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#ports.clock.after(this.#pauseMs, () => {
      this.#isDue = false;
      if (!this.#ports.signal.aborted) void this.#look().catch(() => this.soon());
    });
  }
}
