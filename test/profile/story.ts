import type { BotEvent } from "../../src/core/model/events/events.ts";

/** A story of the bot: it throws what a user would complain of. */
export type Story = () => Promise<void>;

/** What events whose type fits say, as JSON. */
export function pick(events: readonly BotEvent[], type: RegExp): string[] {
  return events.filter((event) => type.test(event.type)).map((event) => `${event.type} ${JSON.stringify(event.data)}`);
}
