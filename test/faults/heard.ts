import { type BotEvent, is } from "../../src/core/model/events/events.ts";

/** The texts that these events say were received, in order. */
export function textsOf(events: readonly BotEvent[]): string[] {
  return events.flatMap((event) => {
    if (!is(event, "message.received")) return [];
    const { content } = event.data;
    return content.kind === "text" ? [content.text] : [];
  });
}

/** Waits for a received text among what a webhook receiver got. */
export function saysText(text: string): (event: BotEvent<"message.received">) => boolean {
  return ({ data: { content } }) => content.kind === "text" && content.text === text;
}
