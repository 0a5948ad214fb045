import { ago, dateTime } from "../base/time.ts";
import { fill, w } from "../words/words.ts";
import { type Webhook, eventsOf } from "./webhook.tsx";

/** How one webhook does, in figures. */
export function WebhookFacts({ webhook }: { webhook: Webhook }) {
  const { devices, last_success_at, last_failure, lately } = webhook;
  return (
    <dl class="facts">
      <dt>{w.webhooks.events}</dt>
      <dd>{eventsOf(webhook)}</dd>
      <dt>{w.webhooks.devices}</dt>
      <dd>{devices?.join(", ") ?? w.webhooks.all}</dd>
      <dt>{w.webhooks.lastSuccess}</dt>
      <dd>{last_success_at === null ? w.never : ago(last_success_at)}</dd>
      {last_failure && (
        <>
          <dt>{w.webhooks.lastFailure}</dt>
          <dd>
            {ago(last_failure.at)}: {last_failure.error ?? last_failure.response_status}
          </dd>
        </>
      )}
      {lately && lately.attempts > 0 && (
        <>
          <dt>{w.webhooks.lately}</dt>
          <dd>{latelyOf(lately)}</dd>
        </>
      )}
      <dt>{w.webhooks.owed}</dt>
      <dd>{owedOf(webhook)}</dd>
    </dl>
  );
}

/** Why it is not served as usual, if it is not. */
export function WebhookHindrance({ webhook: { status, serving, resting_until } }: { webhook: Webhook }) {
  if (status !== "active") return null;
  if (serving === "carefully") return <p class="warn">{w.webhooks.carefully}</p>;
  if (serving !== "resting" || resting_until == null) return null;
  return <p class="warn">{fill(w.webhooks.resting, { when: ago(resting_until), time: dateTime(resting_until) })}</p>;
}

function owedOf({ owed = 0, owed_since, dead = 0 }: Webhook): string {
  const count = fill(w.webhooks.owedCount, { owed, dead });
  return owed_since == null ? count : `${count}; ${fill(w.webhooks.oldest, { since: ago(owed_since) })}`;
}

function latelyOf({ delivered, deliveries, failed_attempts, attempts, duration }: NonNullable<Webhook["lately"]>) {
  const count = fill(w.webhooks.latelyCount, { delivered, deliveries, failed: failed_attempts, attempts });
  return duration === null ? count : `${count}; ${fill(w.webhooks.took, { took: duration })}`;
}
