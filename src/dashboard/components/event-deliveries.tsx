import type { ComponentChildren } from "preact";
import { request, may, who } from "../base/api.ts";
import { useData } from "../base/data.ts";
import type { LiveEvent } from "../base/live.ts";
import { linkTo } from "../base/router.ts";
import { w } from "../words/words.ts";
import { EventDelivery, type Handed } from "./event-delivery.tsx";
import { ErrorNotice } from "./notice.tsx";
import { pluginPath } from "./plugin-path.ts";

interface WebhookFate extends Handed {
  webhook_id: string;
  /** Null of a webhook that was removed. */
  url: string | null;
}

interface PluginFate extends Handed {
  plugin: string;
}

/** What became of an event for each webhook and, for the admin, each plugin: how it stands, when, after how many tries. */
export function EventDeliveries({ event }: { event: LiveEvent }) {
  return (
    <>
      <Webhooks event={event.id} />
      {who.value?.admin && <Plugins event={event} />}
    </>
  );
}

function Webhooks({ event }: { event: string }) {
  const draw = (fate: WebhookFate, reload: () => void) => (
    <EventDelivery
      key={fate.webhook_id}
      fate={fate}
      name={fate.url ?? fate.webhook_id}
      link={fate.url === null ? null : linkTo("webhooks", fate.webhook_id)}
      again={
        fate.url !== null && may("manage")
          ? () => request("POST", `/v1/webhooks/${fate.webhook_id}/deliveries/${event}/redeliver`)
          : null
      }
      reload={reload}
    />
  );
  return (
    <DeliveryList id="deliveries" title={w.sections.webhooks} path={`/v1/events/${event}/deliveries`} draw={draw} />
  );
}

function Plugins({ event: { id, seq, device } }: { event: LiveEvent }) {
  const draw = (fate: PluginFate, reload: () => void) => (
    <EventDelivery
      key={fate.plugin}
      fate={fate}
      name={fate.plugin}
      link={linkTo("plugins", fate.plugin)}
      again={device === null ? null : () => replay(fate.plugin, { seq, device_id: device })}
      reload={reload}
    />
  );
  return (
    <DeliveryList id="plugin-deliveries" title={w.sections.plugins} path={`/v1/events/${id}/plugins`} draw={draw} />
  );
}

interface FatesProps<T> {
  /** Of the heading. */
  id: string;
  title: string;
  path: string;
  draw: (fate: T, reload: () => void) => ComponentChildren;
}

/** Nothing while nobody is owed the event. */
function DeliveryList<T>({ id, title, path, draw }: FatesProps<T>) {
  const { data, error, reload } = useData<T[]>(path, anything);
  if (error) return <ErrorNotice error={error} />;
  if (!data || data.length === 0) return null;
  return (
    <section class="stack" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <ul class="list">{data.map((fate) => draw(fate, reload))}</ul>
    </section>
  );
}

/** What a plugin sent for it before is not sent twice. */
async function replay(plugin: string, what: { seq: number | null; device_id: string }) {
  const { data } = await request<{ ok: boolean; error: string | null }>("POST", `${pluginPath(plugin)}/replay`, what);
  return { message: data.error ?? w.deliveries.replayed };
}

const anything = (): boolean => true;
