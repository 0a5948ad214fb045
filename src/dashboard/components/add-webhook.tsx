import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { w } from "../words/words.ts";
import { TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import { type Webhook, listed } from "./webhook.tsx";

/** Asks for an address and makes a webhook of it. */
export function AddWebhook({ onAdded }: { onAdded: (webhook: Webhook) => void }) {
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState("*");
  const add = async () => {
    const { data } = await request<Webhook>("POST", "/v1/webhooks", { url: url.trim(), events: listed(events) });
    setUrl("");
    onAdded(data);
  };
  return (
    <Form act={add} submit={w.webhooks.add} kind="main">
      <TextField
        label={w.webhooks.url}
        hint={w.webhooks.urlHint}
        type="url"
        value={url}
        onValue={setUrl}
        placeholder="https://example.com/hook"
        required
      />
      <TextField label={w.webhooks.events} hint={w.webhooks.eventsHint} value={events} onValue={setEvents} required />
    </Form>
  );
}
