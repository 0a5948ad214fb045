import type { BotEvent, EventType } from "../model/events/events.ts";
import { Failure } from "../base/failure.ts";
import type { EventQuery, Ledger, PlacedEvent } from "../ports/ledger.ts";
import type { Principal } from "../model/principal.ts";
import { hears, need } from "../access/scope.ts";

export interface EventFilter {
  types: readonly EventType[] | null;
  /** Ids of devices; null is every device. */
  devices: readonly string[] | null;
}

/** An event with the cursor that continues behind it; null of what is live only. */
export interface StreamedEvent {
  cursor: string | null;
  event: BotEvent;
}

const version = "1";
const pageSize = 200;

/** All events of one tenant, across its devices, in the order they were written. */
export class EventLog {
  readonly #ledger: Ledger;
  readonly #by: Principal;
  readonly #listen: (hear: (event: BotEvent) => void) => () => void;

  constructor(ledger: Ledger, by: Principal, listen: (hear: (event: BotEvent) => void) => () => void) {
    this.#ledger = ledger;
    this.#by = by;
    this.#listen = listen;
  }

  /**
   * Events behind `cursor`, oldest first; null is from the oldest that is kept. `cursor` of the answer continues
   * there, also when nothing came. Throws `invalid` for a cursor that is not ours, `gone` for one that is pruned.
   */
  async page(
    cursor: string | null,
    filter: EventFilter,
    limit: number,
  ): Promise<{ events: BotEvent[]; cursor: string }> {
    const { events, next } = await this.#read(placeOf(cursor), filter, limit, cursor !== null);
    return { events: events.map(({ event }) => event), cursor: cursorAt(next) };
  }

  /** One event by its id, which receivers know as `webhook-id`. Throws `not_found`. */
  async one(id: string): Promise<BotEvent> {
    need(this.#by, "read");
    const found = await this.#ledger.event(this.#by.tenant, id);
    if (found !== null && hears(this.#by, found.event)) return found.event;
    throw new Failure("not_found", "Event not found: it never happened here, or it was pruned.");
  }

  /** The last events, oldest first. `cursor` of the answer continues behind them. */
  async latest(filter: EventFilter, limit: number): Promise<{ events: BotEvent[]; cursor: string }> {
    const query = { ...this.#query(filter), after: 0, limit, newest: true };
    const { events, head } = await this.#ledger.page(query);
    return { events: events.map(({ event }) => event), cursor: cursorAt(head) };
  }

  /** The cursor behind everything that has happened so far. */
  async now(): Promise<string> {
    const { head } = await this.#ledger.page({ ...this.#query({ types: [], devices: null }), after: 0, limit: 1 });
    return cursorAt(head);
  }

  /**
   * Everything behind `cursor`, then what happens, until `signal` is aborted. Nothing is skipped: what happens is only
   * the call to read on.
   */
  async *follow(cursor: string, filter: EventFilter, signal: AbortSignal): AsyncGenerator<StreamedEvent, void> {
    const tail = new Tail(filter);
    const stop = this.#listen(tail.hear);
    signal.addEventListener("abort", tail.ring, { once: true });
    try {
      for (let place = placeOf(cursor); !signal.aborted;) {
        const { events, next } = await this.#read(place, filter, pageSize, true);
        for (const { place, event } of events) yield { cursor: cursorAt(place), event };
        place = next;
        for (const event of tail.live.splice(0)) yield { cursor: null, event };
        if (events.length < pageSize) await tail.rung();
      }
    } finally {
      stop();
      signal.removeEventListener("abort", tail.ring);
    }
  }

  async #read(
    after: number,
    filter: EventFilter,
    limit: number,
    resumed: boolean,
  ): Promise<{ events: PlacedEvent[]; next: number }> {
    const { events, floor, head } = await this.#ledger.page({ ...this.#query(filter), after, limit });
    if (resumed && after < floor) throw gone("Events behind this cursor were pruned");
    if (resumed && after > head) throw gone("This cursor is of another log, or a backup was put back");
    // Beyond the last one nothing asked for is missed, so an idle reader's cursor never falls behind what is kept.
    return { events, next: events.length === limit ? (events.at(-1)?.place ?? after) : Math.max(head, after) };
  }

  /** Of the devices that are asked for those that there are for the caller. Throws `forbidden`. */
  #query({ types, devices }: EventFilter): Pick<EventQuery, "tenant" | "types" | "devices"> {
    need(this.#by, "read");
    const { tenant, devices: own } = this.#by;
    return { tenant, types, devices: own === null ? devices : own.filter((id) => devices?.includes(id) ?? true) };
  }
}

/** What happens meanwhile: a bell for what is logged, a short list of what is not. */
class Tail {
  readonly live: BotEvent[] = [];
  #bell = Promise.withResolvers<void>();

  readonly #filter: EventFilter;

  constructor(filter: EventFilter) {
    this.#filter = filter;
  }

  readonly ring = (): void => this.#bell.resolve();

  readonly hear = (event: BotEvent): void => {
    const { types, devices } = this.#filter;
    const asked = (types?.includes(event.type) ?? true) && (devices?.includes(event.device ?? "") ?? true);
    if (asked && event.seq === null && event.device !== null) this.live.push(event);
    this.live.splice(0, this.live.length - pageSize);
    this.ring();
  };

  async rung(): Promise<void> {
    await this.#bell.promise;
    this.#bell = Promise.withResolvers();
  }
}

/** Opaque to readers: one day it may hold a place per device. */
function cursorAt(place: number): string {
  return btoa(`${version}:${place}`).replace(/=+$/, "");
}

function placeOf(cursor: string | null): number {
  if (cursor === null) return 0;
  const [found, place] = decoded(cursor).split(":");
  if (found === version && /^\d{1,15}$/.test(place ?? "")) return Number(place);
  throw new Failure("invalid", "cursor takes what an earlier answer gave as cursor; leave it out to start.", {
    field: "cursor",
  });
}

function decoded(cursor: string): string {
  try {
    return atob(cursor);
  } catch {
    return "";
  }
}

function gone(why: string): Failure {
  return new Failure("gone", `${why}; leave it out to start from the oldest kept.`, { field: "cursor" });
}
