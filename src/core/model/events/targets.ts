import { type EventType, eventTypes, type NewEvent } from "./events.ts";
import { Failure } from "../../base/failure.ts";
import { type ChatKind, chatKindOf } from "../recipient.ts";

/** Who an event is owed to: `webhook:<endpoint id>` or `plugin:<name>`. */
export type Target = `webhook:${string}` | `plugin:${string}`;

/** Where an event comes from; `uid` and `id` are null for what concerns a tenant and no device. */
export interface Source {
  readonly tenant: string;
  readonly uid: string | null;
  /** The id its tenant knows. */
  readonly id: string | null;
}

/** What one target wants to hear. */
export interface Interest {
  /** `message.received`, `message.*` or `*`. */
  readonly events: readonly string[];
  /** null is every tenant. */
  readonly tenant: string | null;
  /** Ids of devices; null is every device. */
  readonly devices: readonly string[] | null;
  /** A further bound on devices that may change; what concerns no device does not pass. Null is every device. */
  readonly holdsDevice?: ((device: string) => boolean) | null;
  /** Of what happens in a chat; what concerns none passes. Null is every chat. */
  readonly chats?: readonly ChatKind[] | null;
  /** A closer look at an event that passed the rest: quick, never throws. `device` is the id its tenant knows. */
  readonly when?: (event: NewEvent, device: string | null) => boolean;
}

/**
 * Who is owed what. The ledger asks it before its transaction, so a target that should hear of an event must be here
 * before the event is recorded.
 */
export class Targets {
  readonly #interests = new Map<Target, { interest: Interest; types: EventType[] }>();
  /** Who asks for events of a type, by tenant: who asks for something else costs an event nothing. Null: made when it is needed. */
  #asking: Map<string, { target: Target; interest: Interest }[]> | null = null;

  set(target: Target, interest: Interest): void {
    this.#interests.set(target, { interest, types: typesOf(interest.events) });
    this.#asking = null;
  }

  delete(target: Target): void {
    this.#interests.delete(target);
    this.#asking = null;
  }

  names(): Target[] {
    return [...this.#interests.keys()];
  }

  readonly of = (event: NewEvent, source: Source): Target[] => {
    const asking = (this.#asking ??= this.#indexed());
    const owed: Target[] = [];
    for (const tenant of [source.tenant, null])
      for (const { target, interest } of asking.get(placeOf(event.type, tenant)) ?? []) {
        if (concerns(interest, source, event.chat) && (interest.when?.(event, source.id) ?? true)) owed.push(target);
      }
    return owed;
  };

  #indexed(): Map<string, { target: Target; interest: Interest }[]> {
    const asking = new Map<string, { target: Target; interest: Interest }[]>();
    for (const [target, { interest, types }] of this.#interests)
      for (const type of types) {
        const place = placeOf(type, interest.tenant);
        const others = asking.get(place);
        if (others === undefined) asking.set(place, [{ target, interest }]);
        else others.push({ target, interest });
      }
    return asking;
  }
}

/** `null` stands for every tenant. */
const placeOf = (type: EventType, tenant: string | null): string => (tenant === null ? type : `${type} ${tenant}`);

/** Whether an interest asks for an event of this type from there. */
export function asksFor(interest: Interest, type: EventType, source: Source, chat: string | null = null): boolean {
  return concerns(interest, source, chat) && interest.events.some((filter) => matches(filter, type));
}

function concerns(interest: Interest, source: Source, chat: string | null): boolean {
  const { tenant, devices, holdsDevice = null, chats = null } = interest;
  if (chats !== null && chat !== null && !chats.includes(chatKindOf(chat))) return false;
  if (tenant !== null && tenant !== source.tenant) return false;
  const { id } = source;
  if (id === null) return devices === null && holdsDevice === null;
  return (devices?.includes(id) ?? true) && (holdsDevice?.(id) ?? true);
}

/** The types that filters mean. */
export function typesOf(filters: readonly string[]): EventType[] {
  return eventTypes.filter((type) => filters.some((filter) => matches(filter, type)));
}

function matches(filter: string, type: EventType): boolean {
  if (filter === "*" || filter === type) return true;
  return filter.endsWith(".*") && type.startsWith(filter.slice(0, -1));
}

/** The same filters, or a refusal that names the one nobody could ever match. */
export function eventFilters(filters: readonly string[], field = "events"): string[] {
  const unknown = filters.find((filter) => typesOf([filter]).length === 0);
  if (filters.length > 0 && unknown === undefined) return [...new Set(filters)];
  const named = unknown === undefined ? "is empty" : `names "${unknown}", which no event matches`;
  throw new Failure("invalid", `${field} ${named}; use "*", "message.*" or one of: ${eventTypes.join(", ")}.`, {
    field,
  });
}
