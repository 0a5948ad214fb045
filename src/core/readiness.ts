import type { Clock } from "./base/clock.ts";
import { asFailure } from "./base/failure.ts";

/** What keeps the bot from its work, in a sentence each; null where all is well. */
export interface Readiness {
  store: string | null;
  devices: string | null;
}

export interface ReadinessPorts {
  clock: Clock;
  /** Throws when the store cannot be written. */
  probe: () => Promise<void>;
  /** Whether every device that should be connected is. */
  connected: () => boolean;
}

/** Whoever asks more often hears the last answer: nobody without a key makes the disk work. Milliseconds. */
const keptMs = 5_000;

/** Whether the bot can do its work. That it answers at all is another question. */
export class ReadinessCheck {
  readonly #ports: ReadinessPorts;
  #last: { at: number; store: Promise<string | null> } | null = null;

  constructor(ports: ReadinessPorts) {
    this.#ports = ports;
  }

  async read(): Promise<Readiness> {
    const now = this.#ports.clock.monotonic();
    if (this.#last === null || now - this.#last.at >= keptMs) this.#last = { at: now, store: this.#store() };
    const store = await this.#last.store;
    return { store, devices: this.#ports.connected() ? null : "A device that should be connected is not." };
  }

  async #store(): Promise<string | null> {
    try {
      await this.#ports.probe();
      return null;
    } catch (error) {
      return asFailure(error).message;
    }
  }
}
