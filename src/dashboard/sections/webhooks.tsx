import { useState } from "preact/hooks";
import { ask, may } from "../api.ts";
import { useAct, useData } from "../data.ts";
import { AddWebhook, type Webhook, WebhookTest } from "../parts/add-webhook.tsx";
import { ActButton, Button, ConfirmButton } from "../parts/button.tsx";
import { Copy } from "../parts/copy.tsx";
import { Deliveries } from "../parts/deliveries.tsx";
import { Field } from "../parts/field.tsx";
import { Empty, Good, Loading, Notice } from "../parts/notice.tsx";
import { go, linkTo } from "../router.ts";
import type { SectionProps } from "../sections.tsx";
import { ago } from "../time.ts";
import { fill, w, wordFor } from "../words.ts";

export function Webhooks({ rest: [id] }: SectionProps) {
  return id === undefined ? <List /> : <One key={id} id={id} />;
}

const tones: Record<string, string> = { active: "good", paused: "calm", disabled: "bad" };

const State = ({ webhook }: { webhook: Webhook }) => (
  <span class={`badge ${tones[webhook.status] ?? "calm"}`}>{wordFor(w.webhooks.states, webhook.status)}</span>
);

/** A secret is in the answer that made it: it must outlive the way to the webhook's own page. */
const fresh = new Map<string, Webhook>();

function List() {
  const { data, trouble, reload } = useData<Webhook[]>("/v1/webhooks");
  const added = (webhook: Webhook) => {
    fresh.set(webhook.id, webhook);
    go("webhooks", webhook.id);
  };
  return (
    <>
      <h1>{w.sections.webhooks}</h1>
      <p class="lead">{w.webhooks.lead}</p>
      {trouble && <Notice trouble={trouble} retry={reload} />}
      {!data && !trouble && <Loading />}
      {data?.length === 0 && <Empty>{w.webhooks.none}</Empty>}
      <ul class="cards">
        {data?.map((webhook) => (
          <li key={webhook.id} class="card">
            <div class="row spread">
              <h2 class="address">
                <a href={linkTo("webhooks", webhook.id)}>{webhook.url}</a>
              </h2>
              <State webhook={webhook} />
            </div>
            <p class="dim">{webhook.events.join(", ")}</p>
            {webhook.failing_since !== null && (
              <p class="warn">{fill(w.webhooks.failing, { since: ago(webhook.failing_since) })}</p>
            )}
          </li>
        ))}
      </ul>
      {may("manage") && (
        <section class="card narrow stack">
          <h2>{w.webhooks.add}</h2>
          <AddWebhook onAdded={added} />
        </section>
      )}
    </>
  );
}

function One({ id }: { id: string }) {
  const { data, trouble, reload, put } = useData<Webhook>(`/v1/webhooks/${id}`);
  const [made] = useState(() => fresh.get(id));
  fresh.delete(id);
  if (trouble) return <Notice trouble={trouble} retry={reload} />;
  if (!data) return <Loading />;
  const webhook: Webhook = made?.secret === undefined ? data : { ...data, secret: made.secret };
  const own = webhook.origin === "api" && may("manage");
  return (
    <>
      <p class="up">
        <a href="#/webhooks">← {w.sections.webhooks}</a>
      </p>
      <h1 class="address">{webhook.url}</h1>
      <section class="card stack" aria-label={w.webhooks.state}>
        <p class="row">
          <State webhook={webhook} /> <span class="dim">{webhook.reason}</span>
        </p>
        {webhook.origin !== "api" && <p class="dim">{w.webhooks.operators}</p>}
        {may("manage") && <WebhookTest webhook={webhook} />}
        {own && <Actions webhook={webhook} put={put} />}
      </section>
      {own && <Settings webhook={webhook} put={put} />}
      <Deliveries webhook={id} />
    </>
  );
}

function Actions({ webhook, put }: { webhook: Webhook; put: (webhook: Webhook) => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  const path = `/v1/webhooks/${webhook.id}`;
  const post = (verb: string) => async () => put((await ask<Webhook>("POST", `${path}/${verb}`)).data);
  const remove = async () => {
    await ask("DELETE", path);
    go("webhooks");
  };
  return (
    <>
      <div class="row">
        {webhook.status === "active" ? (
          <ActButton act={post("pause")}>{w.webhooks.pause}</ActButton>
        ) : (
          <ActButton act={post("resume")}>{w.webhooks.resume}</ActButton>
        )}
        <ActButton act={async () => setSecret((await ask<{ secret: string }>("GET", `${path}/secret`)).data.secret)}>
          {w.webhooks.showSecret}
        </ActButton>
        <ConfirmButton
          question={w.webhooks.rotateAsk}
          consequence={w.webhooks.rotateMeans}
          yes={w.webhooks.rotate}
          act={async () => setSecret((await ask<Webhook>("POST", `${path}/rotate`, {})).data.secret ?? null)}
        >
          {w.webhooks.rotate}
        </ConfirmButton>
        <ConfirmButton
          question={w.webhooks.removeAsk}
          consequence={w.webhooks.removeMeans}
          yes={w.webhooks.remove}
          act={remove}
        >
          {w.webhooks.remove}
        </ConfirmButton>
      </div>
      {secret !== null && <Copy text={secret} label={w.webhooks.secret} />}
    </>
  );
}

function Settings({ webhook, put }: { webhook: Webhook; put: (webhook: Webhook) => void }) {
  const [url, setUrl] = useState(webhook.url);
  const [events, setEvents] = useState(webhook.events.join(", "));
  const [description, setDescription] = useState(webhook.description ?? "");
  const [saved, setSaved] = useState(false);
  const { busy, trouble, act } = useAct();
  const save = async () => {
    const change = {
      url,
      events: events.split(",").map((each) => each.trim()),
      description: description.trim() === "" ? null : description.trim(),
    };
    put((await ask<Webhook>("PATCH", `/v1/webhooks/${webhook.id}`, change)).data);
  };
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        setSaved(false);
        void act(save).then(setSaved);
      }}
    >
      <h2>{w.settings}</h2>
      <Field label={w.webhooks.url} type="url" value={url} onValue={setUrl} required />
      <Field label={w.webhooks.events} hint={w.webhooks.eventsHint} value={events} onValue={setEvents} required />
      <Field label={w.webhooks.description} value={description} onValue={setDescription} maxLength={256} />
      {trouble && <Notice trouble={trouble} />}
      {saved && <Good>{w.saved}</Good>}
      <div class="row">
        <Button busy={busy}>{w.save}</Button>
      </div>
    </form>
  );
}
