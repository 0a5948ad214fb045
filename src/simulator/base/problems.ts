import type { EventHub } from "./events.ts";

/** What clients did that the real server would not have stood for. A test that ignores it tests nothing. */
export class Problems {
  readonly #sentences: string[] = [];
  readonly #events: EventHub;

  constructor(events: EventHub) {
    this.#events = events;
  }

  add(sentence: string): void {
    this.#sentences.push(sentence);
    this.#events.emit({ type: "problem", sentence });
  }

  get all(): readonly string[] {
    return this.#sentences;
  }

  /** Forgets what was found so far, for a test that provoked it. Returns it. */
  take(): string[] {
    return this.#sentences.splice(0);
  }
}
