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

const tones: Record<string, string> = { active: "good", paused: "calm", disabled: "bad", fails: "bad" };

/** An active one that takes nothing is told from one that works. */
export function WebhookState({ webhook: { status, failing_since } }: { webhook: Webhook }) {
  const state = status === "active" && failing_since !== null ? "fails" : status;
  return <span class={`badge ${tones[state] ?? "calm"}`}>{wordFor(w.webhooks.states, state)}</span>;
}

/** What it asks for, in words. */
export const eventsOf = ({ events }: Webhook): string =>
  events.includes("*") ? w.webhooks.everything : events.join(", ");

/** A list with commas. */
export const listed = (text: string): string[] =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
