import { breathe } from "../base/breathe.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Service } from "../base/service.ts";
import type { Persons } from "../ports/persons.ts";

/** How often it looks, milliseconds: a store of an older version has much to move once, and nothing later. */
const every = 10 * 60_000;

/** Moves what still stands under former names of people, a slice at a time with a breath between them. */
export class ChatMoves implements Service {
  #cancel = (): void => {};
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  readonly #ports: { persons: Persons; clock: Clock; log: Log };

  constructor(ports: { persons: Persons; clock: Clock; log: Log }) {
    this.#ports = ports;
  }

  start(): void {
    this.#running = this.#round();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
  }

  async #round(): Promise<void> {
    const { persons, clock, log } = this.#ports;
    try {
      while (!this.#stopped && (await persons.tidy())) await breathe();
    } catch (error) {
      log.warn({ err: error }, "chats could not be moved to their people; it is tried again later");
    }
    if (!this.#stopped) this.#cancel = clock.after(every, () => this.start());
  }
}
