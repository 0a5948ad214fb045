import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { w } from "../words/words.ts";
import { TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import type { Webhook } from "./webhook.tsx";
import { webhookDraftOf, WebhookEvents, webhookFormOf, WebhookRules } from "./webhook-rules.tsx";

/** Asks for an address and makes a webhook of it. */
export function AddWebhook({ onAdded }: { onAdded: (webhook: Webhook) => void }) {
  const [form, setForm] = useState(webhookFormOf);
  const add = async () => {
    const { data } = await request<Webhook>("POST", "/v1/webhooks", webhookDraftOf(form));
    setForm(webhookFormOf());
    onAdded(data);
  };
  return (
    <Form act={add} submit={w.webhooks.add} kind="main">
      <TextField
        label={w.webhooks.url}
        hint={w.webhooks.urlHint}
        type="url"
        value={form.url}
        onValue={(url) => setForm({ ...form, url })}
        placeholder="https://example.com/hook"
        required
      />
      <WebhookEvents form={form} onForm={setForm} />
      <details>
        <summary>{w.webhooks.rules}</summary>
        <div class="stack">
          <WebhookRules form={form} onForm={setForm} />
        </div>
      </details>
    </Form>
  );
}
