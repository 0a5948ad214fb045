import type { BotEvent, EventType } from "../model/events/events.ts";
import type { Principal } from "../model/principal.ts";
import { hears } from "./scope.ts";

/** That something happened, and where; never what was said. */
export interface Change {
  /** Null of what concerns the whole server. */
  readonly tenant: string | null;
  readonly device: string | null;
  /** `incident`: the list of incidents changed. `plugins`: one is in another state, came or went. */
  readonly type: EventType | "incident" | "plugins";
}

/** What changes beside events. */
export interface OtherChanges {
  readonly incident: Listen<void>;
  readonly plugins: Listen<void>;
}

export type Listen<T> = (hear: (told: T) => void) => () => void;

/** How many different changes wait for a reader that is slow. */
const mostWaiting = 1_000;

/**
 * What a page that shows every tenant follows, to know what to read again. Nothing is repeated and nothing is kept: equal
 * changes that wait are one, and a reader who fell behind is told the newest.
 */
export class ChangeFeed {
  readonly #waiting = new Map<string, Change>();
  readonly #by: Principal;
  readonly #types: ReadonlySet<EventType> | null;
  #bell = Promise.withResolvers<void>();

  /** `types`: null is every type that the principal may hear of. */
  constructor(by: Principal, types: readonly EventType[] | null) {
    this.#by = by;
    this.#types = types && new Set(types);
  }

  async *follow(
    events: Listen<{ tenant: string; event: BotEvent }>,
    others: OtherChanges,
    signal: AbortSignal,
  ): AsyncGenerator<Change, void> {
    const server = (type: keyof OtherChanges) => others[type](() => this.#add({ tenant: null, device: null, type }));
    const stops = [events(({ tenant, event }) => this.#hear(tenant, event)), server("incident"), server("plugins")];
    const end = (): void => this.#bell.resolve();
    signal.addEventListener("abort", end, { once: true });
    try {
      while (!signal.aborted) {
        const [first] = this.#waiting;
        if (first === undefined) await this.#rung();
        else {
          this.#waiting.delete(first[0]);
          yield first[1];
        }
      }
    } finally {
      for (const stop of stops) stop();
      signal.removeEventListener("abort", end);
    }
  }

  #hear(tenant: string, event: BotEvent): void {
    const { device, type } = event;
    if (!hears(this.#by, event) || !(this.#types?.has(type) ?? true)) return;
    this.#add({ tenant, device, type });
  }

  #add(change: Change): void {
    this.#waiting.set(`${change.tenant} ${change.device} ${change.type}`, change);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > mostWaiting && oldest !== undefined) this.#waiting.delete(oldest);
    this.#bell.resolve();
  }

  async #rung(): Promise<void> {
    await this.#bell.promise;
    this.#bell = Promise.withResolvers();
  }
}
