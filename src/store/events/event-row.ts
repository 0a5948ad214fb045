import type { BotEvent, EventType } from "../../core/model/events/events.ts";

/** An event's row, with its device's id as the tenant knows it. */
export interface EventRow {
  place: number;
  id: string;
  seq: number | null;
  type: EventType;
  at: number;
  device: string | null;
  data: string;
}

export const eventColumns = `event.place, event.id, event.seq, event.type, event.at, device.id AS "device", event.data`;

export function eventOf(row: EventRow): BotEvent {
  const { id, seq, type, at, device, data } = row;
  return { id, seq, type, timestamp: new Date(at).toISOString(), device, data: JSON.parse(data) };
}
