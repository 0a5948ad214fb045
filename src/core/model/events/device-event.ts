import type { NewEventData, EventType, NewEvent } from "./events.ts";

let counter = 0;

/** The `once` of what is new each time it happens. */
export const unique = (type: EventType, at: number): string => `${type}|${at}|${counter++}|${Math.random()}`;

/** An event of the device's life: every one is a new one, so `once` only has to be unlike all others. */
export function deviceEvent<T extends EventType>(type: T, at: number, data: NewEventData<T>): NewEvent<T> {
  return { type, at, data, chat: null, once: unique(type, at) };
}
