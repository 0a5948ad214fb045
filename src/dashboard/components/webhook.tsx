import { w, wordFor } from "../words/words.ts";

interface Lately {
  deliveries: number;
  delivered: number;
  attempts: number;
  failed_attempts: number;
  /** Milliseconds, on average. */
  duration: number | null;
}

/** A webhook as the API shows it. */
export interface Webhook {
  id: string;
  url: string;
  description: string | null;
  events: string[];
  devices: string[] | null;
  status: string;
  reason: string | null;
  origin: string;
  failing_since: number | null;
  last_success_at: number | null;
  last_failure: { at: number; response_status: number | null; error: string | null } | null;
  /** Of one webhook only. */
  pending?: number;
  pending_since?: number | null;
  dead?: number;
  /** "ok", "degraded" or "backing_off". */
  health?: string;
  backing_off_until?: number | null;
  /** Of its latest deliveries. */
  recent?: Lately;
  /** In the answer that made it only. */
  secret?: string;
}

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
