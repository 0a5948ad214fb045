import { dropOldest } from "../../base/drop-oldest.ts";
import { Failure } from "../../base/failure.ts";
import { ownFailReasons } from "../../model/message/fail-reason.ts";
import type { Message } from "../../model/message/message.ts";
import type { Bulks } from "../../ports/bulk.ts";

/** Bulks whose recipients are remembered: each name takes some hundred bytes. */
const mostBulks = 20;

/** Whom the messages of a bulk reached, by all names; null of a bulk that may write to somebody twice. */
type Reached = Map<string, string> | null;

/**
 * Who has a message of a bulk already. Two names that looked like two people may turn out to be one's when WhatsApp is asked for
 * the second: then the first message that gets so far leaves.
 */
export class BulkRecipients {
  readonly #bulks = new Map<string, Promise<Reached>>();

  readonly #store: Pick<Bulks, "reached">;
  /** The device's uid. */
  readonly #device: string;

  constructor(store: Pick<Bulks, "reached">, device: string) {
    this.#store = store;
    this.#device = device;
  }

  /** `names` resolves to all names of whom it is for. Throws `same_person` of a second message to somebody. */
  async needFirst(
    { bulk, waId }: Pick<Message, "bulk" | "waId">,
    names: () => Promise<readonly string[]>,
  ): Promise<void> {
    const reached = bulk === null ? null : await this.#of(bulk);
    if (reached === null) return;
    const theirs = await names();
    if (theirs.some((name) => (reached.get(name) ?? waId) !== waId))
      throw new Failure("conflict", ownFailReasons.same_person, { reason: "same_person" });
    for (const name of theirs) reached.set(name, waId);
  }

  #of(bulk: string): Promise<Reached> {
    const known = this.#bulks.get(bulk);
    if (known) return known;
    const reading = this.#read(bulk);
    this.#bulks.set(bulk, reading);
    dropOldest(this.#bulks, mostBulks);
    reading.catch(() => this.#bulks.delete(bulk)); // whoever asked hears of it
    return reading;
  }

  async #read(bulk: string): Promise<Reached> {
    const found = await this.#store.reached(this.#device, bulk);
    return found && new Map(found.flatMap(({ waId, names }) => names.map((name) => [name, waId] as const)));
  }
}
