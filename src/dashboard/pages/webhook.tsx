import { useState } from "preact/hooks";
import { request, may } from "../base/api.ts";
import { refresh, remove, useData } from "../base/data.ts";
import { ActButton } from "../components/button.tsx";
import { ConfirmButton } from "../components/confirm.tsx";
import { Copy } from "../components/copy.tsx";
import { DialogButton } from "../components/dialog.tsx";
import { DeliveryList } from "../components/deliveries.tsx";
import { TextField } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { Head } from "../components/head.tsx";
import { Loading, ErrorNotice } from "../components/notice.tsx";
import { WebhookFacts, WebhookHindrance } from "../components/webhook-facts.tsx";
import { WebhookTest } from "../components/webhook-test.tsx";
import { type Webhook, WebhookState, fresh } from "../components/webhook.tsx";
import { webhookDraftOf, WebhookEvents, webhookFormOf, WebhookRules } from "../components/webhook-rules.tsx";
import { go, linkTo } from "../base/router.ts";
import { ago } from "../base/time.ts";
import { fill, w } from "../words/words.ts";

/** One webhook: how it stands, its settings, and what it was sent. */
export function OneWebhook({ id }: { id: string }) {
  const { data, error, reload, put } = useData<Webhook>(`/v1/webhooks/${id}`, anything);
  const [made] = useState(() => fresh.get(id));
  fresh.delete(id);
  const up = [linkTo("webhooks"), w.sections.webhooks] as const;
  if (!data)
    return (
      <>
        <Head up={up} title={w.sections.webhooks} />
        {error ? <ErrorNotice error={error} retry={reload} /> : <Loading />}
      </>
    );
  const webhook: Webhook = made?.secret === undefined ? data : { ...data, secret: made.secret };
  const own = webhook.origin === "api" && may("manage");
  return (
    <>
      <Head up={up} title={webhook.url} badge={<WebhookState webhook={webhook} />} lead={webhook.description}>
        {own && <Actions webhook={webhook} put={(changed) => put({ ...data, ...changed })} />}
      </Head>
      {error && <ErrorNotice error={error} retry={reload} />}
      {webhook.reason && <p class="notice busy">{webhook.reason}</p>}
      {webhook.failing_since !== null && (
        <p class="warn">{fill(w.webhooks.failing, { since: ago(webhook.failing_since) })}</p>
      )}
      <WebhookHindrance webhook={webhook} />
      <section class="card stack" aria-label={w.webhooks.state}>
        <WebhookFacts webhook={webhook} />
        {webhook.origin !== "api" && <p class="dim">{w.webhooks.operators}</p>}
        {may("manage") && <WebhookTest webhook={webhook}>{own && <Secret webhook={webhook} />}</WebhookTest>}
      </section>
      <DeliveryList webhook={id} moved={reload} />
    </>
  );
}

/** What is owed to it changes with everything that happens. */
const anything = (): boolean => true;

interface Changes {
  webhook: Webhook;
  put: (webhook: Webhook) => void;
}

function Actions({ webhook, put }: Changes) {
  const path = `/v1/webhooks/${webhook.id}`;
  const post = (verb: string) => async () => {
    put((await request<Webhook>("POST", `${path}/${verb}`)).data);
    refresh(`${path}/deliveries`);
  };
  const leave = async () => {
    await remove(path);
    go("webhooks");
  };
  return (
    <>
      <DialogButton says={w.settings} title={w.settings}>
        {(close) => <Settings webhook={webhook} put={put} close={close} />}
      </DialogButton>
      {webhook.status === "active" ? (
        <ActButton act={post("pause")}>{w.webhooks.pause}</ActButton>
      ) : (
        <ActButton act={post("resume")}>{w.webhooks.resume}</ActButton>
      )}
      <ConfirmButton
        question={w.webhooks.removeAsk}
        consequence={w.webhooks.removeMeans}
        yes={w.webhooks.remove}
        act={leave}
      >
        {w.webhooks.remove}
      </ConfirmButton>
    </>
  );
}

function Secret({ webhook: { id } }: { webhook: Webhook }) {
  const [secret, setSecret] = useState<string | null>(null);
  const path = `/v1/webhooks/${id}`;
  const show = async () => setSecret((await request<{ secret: string }>("GET", `${path}/secret`)).data.secret);
  const rotate = async () => setSecret((await request<Webhook>("POST", `${path}/rotate`, {})).data.secret ?? null);
  return (
    <>
      <ActButton act={show}>{w.webhooks.showSecret}</ActButton>
      <ConfirmButton
        kind="plain"
        question={w.webhooks.rotateAsk}
        consequence={w.webhooks.rotateMeans}
        yes={w.webhooks.rotate}
        act={rotate}
      >
        {w.webhooks.rotate}
      </ConfirmButton>
      {secret !== null && <Copy text={secret} label={w.webhooks.secret} />}
    </>
  );
}

function Settings({ webhook, put, close }: Changes & { close: () => void }) {
  const [form, setForm] = useState(() => webhookFormOf(webhook));
  const save = async () => {
    put((await request<Webhook>("PATCH", `/v1/webhooks/${webhook.id}`, webhookDraftOf(form))).data);
  };
  return (
    <Form act={save} submit={w.save} kind="main" onDone={close} onCancel={close}>
      <TextField
        label={w.webhooks.url}
        type="url"
        value={form.url}
        onValue={(url) => setForm({ ...form, url })}
        required
      />
      <WebhookEvents form={form} onForm={setForm} />
      <WebhookRules form={form} onForm={setForm} named={webhook.headers} />
    </Form>
  );
}
