import { breathe } from "../../core/base/breathe.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";

/** What one connection may have asked its phone for at once. */
const most = 10_000;

/**
 * The messages that the own phone was asked for again, as Baileys keeps them. It looks here before it asks and again two
 * seconds later: after a flood of what cannot be read thousands of looks fall due together, and each has a turn of the event
 * loop to itself.
 */
export class AskedOfPhone {
  readonly #asked = new Map<string, unknown>();

  async get<T>(id: string): Promise<T> {
    await breathe();
    return this.#asked.get(id) as T;
  }

  set(id: string, value: unknown): void {
    this.#asked.set(id, value);
    dropOldest(this.#asked, most);
  }

  del(id: string): void {
    this.#asked.delete(id);
  }

  flushAll(): void {
    this.#asked.clear();
  }
}
