import type { components } from "./schema.ts";

/** Anything that can happen, as webhooks and streams tell it. */
export type Event = components["schemas"]["Event"];
export type EventType = Event["type"];
/** `EventOf<"message.received">` */
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;

/** Narrows by type: `if (isEvent(event, "message.received")) event.data.content`. */
export function isEvent<T extends EventType>(event: Event, type: T): event is EventOf<T> {
  return event.type === type;
}
