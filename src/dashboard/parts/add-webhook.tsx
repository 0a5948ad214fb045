import { useEffect, useState } from "preact/hooks";
import { ask } from "../api.ts";
import { useAct } from "../data.ts";
import { fill, w } from "../words.ts";
import { Button } from "./button.tsx";
import { Copy } from "./copy.tsx";
import { Field } from "./field.tsx";
import { Good, Notice } from "./notice.tsx";

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
  /** In the answer that made it only. */
  secret?: string;
}

/** Asks for an address and makes a webhook of it. */
export function AddWebhook({ onAdded }: { onAdded: (webhook: Webhook) => void }) {
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState("*");
  const { busy, trouble, act } = useAct();
  const add = async () => {
    const wanted = events.split(",").map((each) => each.trim());
    const { data } = await ask<Webhook>("POST", "/v1/webhooks", { url: url.trim(), events: wanted });
    setUrl("");
    onAdded(data);
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void act(add);
      }}
    >
      <Field
        label={w.webhooks.url}
        hint={w.webhooks.urlHint}
        type="url"
        value={url}
        onValue={setUrl}
        placeholder="https://example.com/hook"
        required
      />
      <Field label={w.webhooks.events} hint={w.webhooks.eventsHint} value={events} onValue={setEvents} required />
      <div class="row">
        <Button kind="main" busy={busy}>
          {w.webhooks.add}
        </Button>
      </div>
      {trouble && <Notice trouble={trouble} />}
    </form>
  );
}

interface Outcome {
  delivered: boolean;
  response_status: number | null;
  duration: number;
  error: string | null;
  response: string | null;
}

/** Posts a test to a webhook and shows what its receiver made of it; at once for one that was just made. */
export function WebhookTest({ webhook }: { webhook: Webhook }) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const { busy, trouble, act } = useAct();
  const test = () =>
    act(async () => {
      setOutcome((await ask<Outcome>("POST", `/v1/webhooks/${webhook.id}/test`)).data);
    });
  useEffect(() => {
    if (webhook.secret !== undefined) void test();
  }, [webhook.id]);
  return (
    <div class="stack">
      {webhook.secret !== undefined && (
        <div>
          <p>{w.webhooks.secretOnce}</p>
          <Copy text={webhook.secret} label={w.webhooks.secret} />
        </div>
      )}
      {outcome && <Answered outcome={outcome} />}
      {trouble && <Notice trouble={trouble} />}
      <div class="row">
        <Button busy={busy} onClick={() => void test()}>
          {w.webhooks.test}
        </Button>
      </div>
    </div>
  );
}

function Answered({ outcome }: { outcome: Outcome }) {
  const { delivered, response_status, duration, error, response } = outcome;
  if (delivered)
    return (
      <Good>{fill(w.webhooks.testArrived, { status: response_status ?? "", duration: Math.round(duration) })}</Good>
    );
  return (
    <div class="notice bad" role="alert">
      <strong>{w.webhooks.testFailed}</strong>
      <span>{error}</span>
      {response && <pre>{response}</pre>}
    </div>
  );
}
