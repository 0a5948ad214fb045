import type { BotEvent } from "../../core/model/events/events.ts";

/** An event as webhooks bring it: the fields in this order, so that the same bytes leave at every attempt. */
export const eventBody = ({ id, seq, type, timestamp, device, data }: BotEvent) => ({
  id,
  seq,
  type,
  timestamp,
  device,
  data,
});
