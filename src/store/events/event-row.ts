import { type BotEvent, type EventType, linking } from "../../core/model/events/events.ts";
import { isSealedText } from "../seal/cipher.ts";
import type { Sealing } from "../seal/sealing.ts";

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

export function eventOf(row: EventRow, seal: Sealing): BotEvent {
  const { id, seq, type, at, device } = row;
  return { id, seq, type, timestamp: new Date(at).toISOString(), device, data: JSON.parse(eventData(row, seal)) };
}

/** What an event says, as JSON. Without sealed contents only those that link a device are sealed. */
export function eventData({ id, data }: Pick<EventRow, "id" | "data">, { secrets, contents }: Sealing): string {
  if (secrets === null || (contents === null && !isSealedText(data))) return data;
  return secrets.openText(`event.data|${id}`, data);
}

export function sealedData({ id, type, data }: Pick<EventRow, "id" | "type" | "data">, seal: Sealing): string {
  const sealer = seal.contents ?? (linking.has(type) ? seal.secrets : null);
  return sealer?.sealText(`event.data|${id}`, data) ?? data;
}

interface Response {
  /** The event's place. */
  event: number;
  target: string;
  response: string;
}

/** What a target answered, as it is kept. */
export function sealedResponse({ event, target, response }: Response, { contents }: Sealing): string {
  return contents?.sealText(`attempt.response|${event}|${target}`, response) ?? response;
}

export function openedResponse(
  { event, target, response }: Omit<Response, "response"> & { response: string | null },
  { contents }: Sealing,
): string | null {
  return response === null ? null : (contents?.openText(`attempt.response|${event}|${target}`, response) ?? response);
}
