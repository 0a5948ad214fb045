import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ofDevices, useData } from "../base/data.ts";
import { request, may, mayAddDevice, who } from "../base/api.ts";
import { AddDevice } from "../components/add-device.tsx";
import { AddWebhook } from "../components/add-webhook.tsx";
import { Head } from "../components/head.tsx";
import { LinkDevice } from "../components/linking.tsx";
import { Good, Loading, ErrorNotice } from "../components/notice.tsx";
import { type DeviceJson, isLinked, prettyPhone } from "../components/phase.tsx";
import { SendBox } from "../components/send-box.tsx";
import { WebhookTest } from "../components/webhook-test.tsx";
import type { Webhook } from "../components/webhook.tsx";
import { linkTo } from "../base/router.ts";
import { fill, w } from "../words/words.ts";

/** The first run: key, phone, message, webhook, one after the other. */
export function Start() {
  const { data: devices, error, reload } = useData<DeviceJson[]>("/v1/devices", ofDevices);
  const [sent, setSent] = useState(false);
  const [webhook, setWebhook] = useState<Webhook | null>(null);
  const isEmpty = devices?.length === 0;
  useEffect(() => {
    // Whoever opens the first steps asks for the first device; where it cannot be made, the form below says why.
    if (isEmpty && who.value?.admin) void request("POST", "/api/devices/default/start").then(reload, () => {});
  }, [isEmpty, reload]);
  if (error) return <ErrorNotice error={error} retry={reload} />;
  if (!devices) return <Loading />;
  const device = devices.find(({ device_id }) => device_id === "default") ?? devices[0];
  const linked = device !== undefined && isLinked(device);
  const done = [true, linked, sent, webhook !== null];
  const now = done.indexOf(false);
  return (
    <div class="narrow stack wide">
      <Head title={w.start.title} lead={w.start.lead} />
      <ol class="journey">
        <Stage title={w.start.key} done>
          <p class="dim">{w.start.keyDone}</p>
        </Stage>
        <Stage title={w.start.phone} done={linked} open={now === 1}>
          {linked ? (
            <Good>{fill(w.start.phoneDone, { phone: prettyPhone(device.phone_number ?? "") })}</Good>
          ) : device ? (
            may("manage") && <LinkDevice device={device.device_id} />
          ) : (
            <>
              <p>{w.start.noDevice}</p>
              {mayAddDevice() && <AddDevice onAdded={reload} />}
            </>
          )}
        </Stage>
        <Stage title={w.start.message} done={sent} open={linked}>
          {linked && may("send") && (
            <SendBox device={device.device_id} onSent={() => setSent(true)} text={w.start.hello} />
          )}
        </Stage>
        <Stage title={w.start.webhook} done={webhook !== null} open={linked}>
          {webhook ? <WebhookTest webhook={webhook} /> : linked && may("manage") && <AddWebhook onAdded={setWebhook} />}
        </Stage>
      </ol>
      {linked && (
        <p>
          <a href={linkTo("devices")} class="button main">
            {now === -1 ? w.start.onward : w.start.later}
          </a>
        </p>
      )}
    </div>
  );
}

interface StageProps {
  title: string;
  done: boolean;
  open?: boolean;
  children: ComponentChildren;
}

function Stage({ title, done, open = false, children }: StageProps) {
  const state = done ? "done" : open ? "open" : "waiting";
  return (
    <li class={`stage ${state}`} aria-current={state === "open" ? "step" : undefined}>
      <h2>
        {title} {done && <span class="badge good">{w.start.done}</span>}
      </h2>
      {state !== "waiting" && children}
    </li>
  );
}
