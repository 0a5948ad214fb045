import { ago, dateTime } from "../base/time.ts";
import { fill, w } from "../words/words.ts";
import { type Webhook, eventsOf } from "./webhook.tsx";

/** How one webhook does, in figures. */
export function WebhookFacts({ webhook }: { webhook: Webhook }) {
  const { devices, last_success_at, last_failure, recent } = webhook;
  return (
    <dl class="facts">
      <dt>{w.webhooks.events}</dt>
      <dd>{eventsOf(webhook)}</dd>
      <dt>{w.webhooks.devices}</dt>
      <dd>{devices?.join(", ") ?? w.webhooks.all}</dd>
      {webhook.device_groups !== null && (
        <>
          <dt>{w.webhooks.groups}</dt>
          <dd>{webhook.device_groups.join(", ")}</dd>
        </>
      )}
      {rulesOf(webhook) !== "" && (
        <>
          <dt>{w.webhooks.lists}</dt>
          <dd>{rulesOf(webhook)}</dd>
        </>
      )}
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
      {recent && recent.attempts > 0 && (
        <>
          <dt>{w.webhooks.recent}</dt>
          <dd>{recentOf(recent)}</dd>
        </>
      )}
      <dt>{w.webhooks.pending}</dt>
      <dd>{pendingOf(webhook)}</dd>
    </dl>
  );
}

/** What differs from one event after the other. */
function rulesOf({ batch, burst, inline_kb, chats, replies, raw }: Webhook): string {
  const { listNames, chatKinds } = w.webhooks;
  const parts = [
    ...(batch ? [listNames.batch] : burst ? [listNames.burst] : []),
    ...(inline_kb > 0 ? [`${w.webhooks.inline} ${inline_kb}`] : []),
    ...(chats ? [`${w.webhooks.chats}: ${chats.map((kind) => chatKinds[kind]).join(", ")}`] : []),
    ...(replies ? [w.webhooks.replies] : []),
    ...(raw ? [w.webhooks.raw] : []),
  ];
  return parts.join(" · ");
}

/** Why it is not served as usual, if it is not. */
export function WebhookHindrance({ webhook: { status, health, backing_off_until } }: { webhook: Webhook }) {
  if (status !== "active") return null;
  if (health === "degraded") return <p class="warn">{w.webhooks.degraded}</p>;
  if (health !== "backing_off" || backing_off_until == null) return null;
  return (
    <p class="warn">
      {fill(w.webhooks.backing_off, { when: ago(backing_off_until), time: dateTime(backing_off_until) })}
    </p>
  );
}

function pendingOf({ pending = 0, pending_since, dead = 0 }: Webhook): string {
  const count = fill(w.webhooks.pendingCount, { pending, dead });
  return pending_since == null ? count : `${count}; ${fill(w.webhooks.oldest, { since: ago(pending_since) })}`;
}

function recentOf({ delivered, deliveries, failed_attempts, attempts, duration }: NonNullable<Webhook["recent"]>) {
  const count = fill(w.webhooks.recentCount, { delivered, deliveries, failed: failed_attempts, attempts });
  return duration === null ? count : `${count}; ${fill(w.webhooks.took, { took: duration })}`;
}
