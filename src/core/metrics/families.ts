/**
 * Every metric of the bot, named by the conventions of Prometheus: base units, `_total` for what only grows. A label has
 * few values, from a closed list: never a number, a JID or a text.
 */
export const families = {
  merpati_events_total: { type: "counter", help: "Events that happened, by type.", labels: ["type"] },
  merpati_messages_total: {
    type: "counter",
    help: "Messages received, sent (WhatsApp took them) and failed.",
    labels: ["result"],
  },
  merpati_delivery_attempts_total: {
    type: "counter",
    help: "Attempts to deliver an event, to webhooks and plugins.",
    labels: ["target", "result"],
  },
  merpati_delivery_attempt_duration_seconds: {
    type: "histogram",
    help: "How long an attempt to deliver an event took.",
    labels: ["target"],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 15],
  },
  merpati_http_requests_total: { type: "counter", help: "Answered HTTP calls.", labels: ["face", "status"] },
  merpati_http_request_duration_seconds: {
    type: "histogram",
    help: "How long an HTTP call took, until its answer began.",
    labels: ["face"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 1, 5, 10],
  },
} as const satisfies Record<string, MetricFamily>;

export interface MetricFamily {
  readonly type: "counter" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, in the unit of the metric. */
  readonly buckets?: readonly number[];
}

export type FamilyName = keyof typeof families;
type OfType<T extends MetricFamily["type"]> = {
  [Name in FamilyName]: (typeof families)[Name]["type"] extends T ? Name : never;
}[FamilyName];
export type CounterName = OfType<"counter">;
export type HistogramName = OfType<"histogram">;
/** A value for each of its labels, in their order. */
export type LabelsOf<Name extends FamilyName> = Strings<(typeof families)[Name]["labels"]>;
type Strings<Labels extends readonly string[]> = { readonly [K in keyof Labels]: string };
