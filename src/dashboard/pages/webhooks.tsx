import { may } from "../base/api.ts";
import { useData } from "../base/data.ts";
import { AddWebhook } from "../components/add-webhook.tsx";
import { DialogButton } from "../components/dialog.tsx";
import { Listing } from "../components/listing.tsx";
import { type Webhook, WebhookState, eventsOf, fresh } from "../components/webhook.tsx";
import { go, linkTo } from "../base/router.ts";
import type { SectionProps } from "./section.ts";
import { ago } from "../base/time.ts";
import { fill, w } from "../words/words.ts";
import { OneWebhook } from "./webhook.tsx";

export function WebhooksPage({ rest: [id] }: SectionProps) {
  return id === undefined ? <List /> : <OneWebhook key={id} id={id} />;
}

function List() {
  const loaded = useData<Webhook[]>("/v1/webhooks");
  const added = (webhook: Webhook) => {
    fresh.set(webhook.id, webhook);
    go("webhooks", webhook.id);
  };
  return (
    <Listing
      title={w.sections.webhooks}
      lead={w.webhooks.lead}
      loaded={loaded}
      keyOf={({ id }) => id}
      icon="webhooks"
      none={w.webhooks.none}
      draw={(webhook) => (
        <>
          <div class="row spread">
            <WebhookState webhook={webhook} />
            {webhook.devices && <span class="dim small">{webhook.devices.join(", ")}</span>}
          </div>
          <h2>
            <a href={linkTo("webhooks", webhook.id)}>{webhook.url}</a>
          </h2>
          {webhook.description && <p>{webhook.description}</p>}
          <p class="dim small">{eventsOf(webhook)}</p>
          {webhook.failing_since !== null && (
            <p class="warn">{fill(w.webhooks.failing, { since: ago(webhook.failing_since) })}</p>
          )}
        </>
      )}
    >
      {may("manage") && (
        <DialogButton icon="plus" says={w.webhooks.add} title={w.webhooks.add}>
          {(close) => (
            <AddWebhook
              onAdded={(webhook) => {
                close();
                added(webhook);
              }}
            />
          )}
        </DialogButton>
      )}
    </Listing>
  );
}
