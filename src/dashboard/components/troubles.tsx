import { may, request } from "../base/api.ts";
import type { FleetDevice, FleetWebhook } from "../base/fleet.ts";
import { linkIn } from "../base/router.ts";
import { ago, dateTime } from "../base/time.ts";
import { fill, w, wordFor } from "../words/words.ts";
import { ActButton } from "./button.tsx";
import { nameOf, PhaseBadge } from "./phase.tsx";
import type { Trouble } from "./trouble.ts";
import { WebhookState } from "./webhook.tsx";

interface TroublesProps {
  troubles: readonly Trouble[];
  /** The tenant that pages without one in their address show. */
  home: string;
  reload: () => void;
}

/** What needs a hand, each with the button that mends it. */
export function Troubles({ troubles, home, reload }: TroublesProps) {
  return (
    <section aria-labelledby="troubles" class="stack">
      <h2 id="troubles">{w.overview.troubles}</h2>
      {troubles.length === 0 && <p class="notice good">{w.overview.noTroubles}</p>}
      <ul class="list">
        {troubles.map((trouble) => (
          <li key={trouble.key} class="row spread">
            <div class="grow">
              <p class="row">
                <Title trouble={trouble} home={home} />
                {trouble.tenant !== null && trouble.tenant !== home && <span class="tag">{trouble.tenant}</span>}
              </p>
              <p class="dim small">
                <Why trouble={trouble} /> ·{" "}
                <time dateTime={new Date(trouble.since * 1_000).toISOString()} title={dateTime(trouble.since)}>
                  {ago(trouble.since)}
                </time>
              </p>
            </div>
            {may("manage") && <Mend trouble={trouble} home={home} reload={reload} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

const within = (tenant: string, home: string): string | null => (tenant === home ? null : tenant);
const pageOf = ({ tenant, device_id }: FleetDevice, home: string) => linkIn(within(tenant, home), "devices", device_id);
const webhookPage = ({ tenant, id }: FleetWebhook, home: string) => linkIn(within(tenant, home), "webhooks", id);

function Title({ trouble, home }: { trouble: Trouble; home: string }) {
  if (trouble.kind === "device")
    return (
      <>
        <PhaseBadge phase={trouble.device.phase} />
        <a href={pageOf(trouble.device, home)}>{nameOf(trouble.device)}</a>
      </>
    );
  if (trouble.kind === "webhook")
    return (
      <>
        <WebhookState webhook={trouble.webhook} />
        <a href={webhookPage(trouble.webhook, home)}>{trouble.webhook.url}</a>
      </>
    );
  return <span class="badge bad">{wordFor(w.overview.rules, trouble.incident.rule)}</span>;
}

function Why({ trouble }: { trouble: Trouble }) {
  if (trouble.kind === "device") {
    const { unlinked, reason } = trouble.device;
    return <>{wordFor(w.reasons, unlinked?.reason ?? reason)}</>;
  }
  if (trouble.kind === "webhook") {
    const { last_failure } = trouble.webhook;
    const answer = last_failure?.response_status ?? last_failure?.error;
    return <>{answer == null ? w.overview.takesNothing : fill(w.overview.answered, { answer })}</>;
  }
  return <span lang="en">{trouble.incident.sentence}</span>;
}

function Mend({ trouble, home, reload }: { trouble: Trouble } & Omit<TroublesProps, "troubles">) {
  if (trouble.kind === "incident") return null;
  const post = (path: string) => async () => {
    await request("POST", path, undefined, trouble.tenant);
    reload();
  };
  if (trouble.kind === "webhook") {
    const { webhook } = trouble;
    const label = (verb: string) => `${verb}: ${webhook.url}`;
    return (
      <div class="row">
        {webhook.status === "disabled" && (
          <ActButton
            kind="main"
            label={label(w.webhooks.resume)}
            act={post(`/v1/webhooks/${encodeURIComponent(webhook.id)}/resume`)}
          >
            {w.webhooks.resume}
          </ActButton>
        )}
        <a class="button plain" aria-label={label(w.overview.open)} href={webhookPage(webhook, home)}>
          {w.overview.open}
        </a>
      </div>
    );
  }
  const { device, mend } = trouble;
  const label = (verb: string) => `${verb}: ${nameOf(device)}`;
  if (mend === "start")
    return (
      <ActButton
        kind="main"
        label={label(w.devices.start)}
        act={post(`/v1/devices/${encodeURIComponent(device.device_id)}/start`)}
      >
        {w.devices.start}
      </ActButton>
    );
  const verb = mend === "link" ? w.devices.link : w.overview.open;
  return (
    <a class={mend === "link" ? "button main" : "button plain"} aria-label={label(verb)} href={pageOf(device, home)}>
      {verb}
    </a>
  );
}
