import type { Gathering } from "../delivery/gathering.ts";
import type { Endpoint } from "../ports/endpoint.ts";
import type { BotEvent } from "../model/events/events.ts";

/** Whether deliveries to it are lists, of one event too. */
export const isList = ({ batch, burst }: Pick<Endpoint, "batch" | "burst">): boolean =>
  batch !== null || burst !== null;

/** What the courier goes by, to be compared. */
export const ruleOf = ({ batch, burst, inlineKb, raw }: Endpoint): string =>
  JSON.stringify([batch, burst, inlineKb, raw]);

/** How several events become one delivery to it; null: each is one. */
export function gatheringOf({ batch, burst, inlineKb, raw }: Endpoint): Gathering | null {
  const extra = (event: BotEvent) => (raw ? rawBytes : 0) + inlineBytes(event, inlineKb * 1_024);
  if (batch !== null) return { by: "target", most: batch.events, wait: batch.wait_ms, longest: batch.wait_ms, extra };
  if (burst === null) return null;
  return { by: "chat", most: burst.events, wait: burst.pause_ms, longest: burst.longest_ms, extra };
}

/** What WhatsApp's form of a message adds, with its thumbnail. */
const rawBytes = 8_192;

/** What a file in base64 adds. */
function inlineBytes({ data }: BotEvent, most: number): number {
  const content = "content" in data ? data.content : null;
  const size = typeof content === "object" && content !== null && "size" in content ? Number(content.size) : 0;
  return size <= most ? Math.ceil((size * 4) / 3) : 0;
}
