import type { BotEvent } from "../model/events/events.ts";

/** An event and whose it is. */
export interface Told {
  tenant: string;
  event: BotEvent;
}

/** The live tail: events as they are committed, to whoever listens now. Missed ones are fetched from the log. */
export class Feed {
  readonly #listeners = new Set<(told: Told) => void>();

  readonly #failed: (error: unknown) => void;

  /** `failed` hears what a listener threw. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  listen(hear: (told: Told) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  /** A listener that throws is nobody else's trouble. */
  publish(tenant: string, events: readonly BotEvent[]): void {
    for (const event of events) {
      for (const hear of this.#listeners) {
        try {
          hear({ tenant, event });
        } catch (error) {
          this.#failed(error);
        }
      }
    }
  }
}
