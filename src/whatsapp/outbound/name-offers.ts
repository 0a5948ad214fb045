import type { Clock } from "../../core/base/clock.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { NameBudget } from "./name-budget.ts";

const mostRemembered = 2_000;

interface Offer {
  /** By which the message leaves if no lock explains its refusal. */
  readonly name: string;
  /** By which it was refused. */
  readonly used: string;
  /** When it may, by the monotonic clock, where the name is new. */
  readonly at: number | null;
}

/** Names by which refused messages leave once WhatsApp has said that the account is not locked. */
export class NameOffers {
  readonly #clock: Clock;
  readonly #budget: NameBudget;
  /** By the message's id. */
  readonly #open = new Map<string, Offer>();
  /** Names of people whose other one was offered, until one of the two is taken. */
  readonly #offered = new Set<string>();

  constructor(clock: Clock, budget: NameBudget) {
    this.#clock = clock;
    this.#budget = budget;
  }

  /** Back to a name that was tried: that costs nothing. */
  again(waId: string, name: string, used: string): void {
    this.#put(waId, { name, used, at: null });
  }

  /** A name that was not tried: milliseconds until it may be; null: it may not, since this person's other name was before, in vain. */
  fresh(waId: string, name: string, used: string): number | null {
    if (this.#offered.has(name) || this.#offered.has(used)) return null;
    const now = Math.ceil(this.#clock.monotonic());
    const at = this.#budget.take(now);
    if (at === null) return null;
    this.#offered.add(name);
    dropOldest(this.#offered, mostRemembered);
    this.#put(waId, { name, used, at });
    return at - now;
  }

  /** The account is not locked: the names that are tried next. */
  taken(): string[] {
    const names = [...this.#open.values()].map(({ name }) => name);
    this.#open.clear();
    return names;
  }

  /** The account is locked, so no name was tried: they are as good as before. Returns their messages. */
  withdrawn(): string[] {
    const waIds = [...this.#open.keys()];
    for (const offer of this.#open.values()) this.#free(offer);
    this.#open.clear();
    return waIds;
  }

  /** What this person was refused for is here now, so the name was right. Returns the messages that leave by it again. */
  confirmed(names: readonly string[]): string[] {
    const theirs = [...this.#open].filter(([, { used }]) => names.includes(used));
    for (const [waId, offer] of theirs) {
      this.#free(offer);
      this.again(waId, offer.used, offer.used);
    }
    return theirs.map(([waId]) => waId);
  }

  /** A message reached this person: what they are refused for later is another matter, such as an account that has moved. */
  settled(names: readonly string[]): void {
    for (const name of names) this.#offered.delete(name);
  }

  #free({ name, at }: Offer): void {
    if (at === null) return;
    this.#offered.delete(name);
    this.#budget.giveBack(at);
  }

  #put(waId: string, offer: Offer): void {
    this.#open.set(waId, offer);
    dropOldest(this.#open, mostRemembered);
  }
}
