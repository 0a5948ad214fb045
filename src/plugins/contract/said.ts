import type { BotEvent } from "../../core/model/events/events.ts";

/** The words of a message: its text or caption; empty when it has none. */
export function wordsOf(content: object): string {
  if ("text" in content && typeof content.text === "string") return content.text;
  return "caption" in content && typeof content.caption === "string" ? content.caption : "";
}

/** A message somebody wrote. Here, and not `is` of core/model/events/events.ts: a worker starts without the catalogue's schemas. */
export function isMessage(event: BotEvent): event is BotEvent<"message.received"> {
  return event.type === "message.received";
}
