import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { useAct } from "../base/act.ts";
import { fill, w } from "../words/words.ts";
import { Button } from "./button.tsx";
import { Copy } from "./copy.tsx";
import { Good, ErrorNotice } from "./notice.tsx";
import type { Webhook } from "./webhook.tsx";
import type { Schemas } from "../base/schemas.ts";

type Outcome = Schemas["WebhookTest"];

/** Posts a test to a webhook and shows what its receiver made of it; at once for one that was just made. */
export function WebhookTest({ webhook, children }: { webhook: Webhook; children?: ComponentChildren }) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const { busy, error, act } = useAct();
  const test = () =>
    act(async () => {
      setOutcome((await request<Outcome>("POST", `/v1/webhooks/${webhook.id}/test`)).data);
    });
  useEffect(() => {
    if (webhook.secret !== undefined) void test();
  }, [webhook.id]);
  return (
    <div class="stack">
      {webhook.secret !== undefined && (
        <div class="stack">
          <p>{w.webhooks.secretOnce}</p>
          <Copy text={webhook.secret} label={w.webhooks.secret} />
        </div>
      )}
      {outcome && <Answered outcome={outcome} />}
      {error && <ErrorNotice error={error} />}
      <div class="row">
        <Button busy={busy} onClick={() => void test()}>
          {w.webhooks.test}
        </Button>
        {children}
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
