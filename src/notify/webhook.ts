import type { AlertChannel } from "../core/alerts/channel.ts";
import type { Clock } from "../core/base/clock.ts";
import { Failure } from "../core/base/failure.ts";
import type { SafeFetch } from "../core/base/safe-fetch.ts";

const patienceMs = 15_000;

export interface WebhookChannelOptions {
  url: string;
  safeFetch: Pick<SafeFetch, "send">;
  /** The headers that sign a body. */
  sign: (id: string, type: string, body: string) => Record<string, string>;
  clock: Clock;
}

/** Posts alerts as JSON. `text` is what Slack, Mattermost and the like show. */
export function webhookChannel({ url, safeFetch, sign, clock }: WebhookChannelOptions): AlertChannel {
  return {
    name: "webhook",
    async send({ type, text, incident }) {
      const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
      const { openedAt, endedAt, ...rest } = incident;
      const body = JSON.stringify({
        type,
        text,
        timestamp: iso(clock.now()),
        incident: { ...rest, opened_at: iso(openedAt), ended_at: iso(endedAt) },
      });
      const headers = { "content-type": "application/json", ...sign(`${incident.id}:${type}`, type, body) };
      const signal = AbortSignal.timeout(patienceMs);
      const request = { method: "POST", headers, body, timeout: patienceMs, signal, operatorsWord: true } as const;
      const response = await safeFetch.send(url, request);
      await response.body?.cancel();
      if (!response.ok) throw new Failure("refused", `ALERT_WEBHOOK_URL answered ${response.status}.`);
    },
  };
}
