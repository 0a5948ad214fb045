import type { EventType } from "../model/events/events.ts";
import type { Target } from "../model/events/targets.ts";
import type { Meter } from "./meter.ts";

const results: Partial<Record<EventType, string>> = {
  "message.received": "received",
  "message.sent": "sent",
  "message.failed": "failed",
};

/** Counts an event as it is told. */
export function countEvent(meter: Meter, type: EventType): void {
  meter.count("merpati_events_total", [type]);
  const result = results[type];
  if (result !== undefined) meter.count("merpati_messages_total", [result]);
}

/** Counts an attempt to deliver an event, which took `ms`. */
export function countAttempt(meter: Meter, target: Target, isTaken: boolean, ms: number): void {
  const kind = target.startsWith("webhook:") ? "webhook" : "plugin";
  meter.count("merpati_delivery_attempts_total", [kind, isTaken ? "ok" : "failed"]);
  meter.observe("merpati_delivery_attempt_duration_seconds", [kind], ms / 1_000);
}
