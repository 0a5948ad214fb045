import { w, wordFor } from "../words/words.ts";
import type { Schemas } from "../base/schemas.ts";

/** A webhook as the API shows it. */
export type Webhook = Schemas["Webhook"] &
  /** Of one webhook only. */
  Partial<Omit<Schemas["WebhookWithFigures"], keyof Schemas["Webhook"]>> &
  /** In the answer that made it only. */
  Partial<Pick<Schemas["WebhookWithSecret"], "secret">>;

/** A secret is in the answer that made it: it must outlive the way to the webhook's own page. */
export const fresh = new Map<string, Webhook>();

const tones: Record<string, string> = { active: "good", paused: "calm", disabled: "bad" };

export const WebhookState = ({ webhook }: { webhook: Webhook }) => (
  <span class={`badge ${tones[webhook.status] ?? "calm"}`}>{wordFor(w.webhooks.states, webhook.status)}</span>
);

/** What it asks for, in words. */
export const eventsOf = ({ events }: Webhook): string =>
  events.includes("*") ? w.webhooks.everything : events.join(", ");

/** A list with commas. */
export const listed = (text: string): string[] =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
