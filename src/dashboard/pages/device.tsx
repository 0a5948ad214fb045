import { useState } from "preact/hooks";
import { request, may } from "../base/api.ts";
import { ofDevices, remove, useData } from "../base/data.ts";
import { ActButton } from "../components/button.tsx";
import { ConfirmButton } from "../components/confirm.tsx";
import { Copy } from "../components/copy.tsx";
import { DeviceNames } from "../components/device-names.tsx";
import { DeviceProxy } from "../components/device-proxy.tsx";
import { DialogButton } from "../components/dialog.tsx";
import { Head } from "../components/head.tsx";
import { ImportDevice } from "../components/import-device.tsx";
import { LinkDevice } from "../components/linking.tsx";
import { Loading, ErrorNotice } from "../components/notice.tsx";
import { type DeviceJson, PhaseBadge, PhaseNote, isLinked, nameOf, prettyPhone } from "../components/phase.tsx";
import { SendBox } from "../components/send-box.tsx";
import { go, linkTo } from "../base/router.ts";
import { dateTime } from "../base/time.ts";
import { fill, w } from "../words/words.ts";

interface DeviceProps {
  device: DeviceJson;
  reload: () => void;
}

/** A device: how it stands, its phone, and what can be done with it. */
export function OneDevice({ id }: { id: string }) {
  const path = `/v1/devices/${encodeURIComponent(id)}`;
  const { data: device, error, reload } = useData<DeviceJson>(path, ofDevices);
  return (
    <>
      <Head
        up={[linkTo("devices"), w.sections.devices]}
        title={device ? nameOf(device) : id}
        badge={device && <PhaseBadge phase={device.phase} />}
        lead={device && <PhaseNote device={device} />}
      >
        {device && may("manage") && <Actions device={device} reload={reload} />}
      </Head>
      {error && <ErrorNotice error={error} retry={reload} />}
      {!device && !error && <Loading />}
      {device && <Details device={device} reload={reload} />}
    </>
  );
}

function Details({ device, reload }: DeviceProps) {
  const linked = isLinked(device);
  return (
    <>
      {!linked && may("manage") && (
        <section class="card stack" aria-labelledby="linking">
          <h2 id="linking">{w.devices.link}</h2>
          <LinkDevice device={device.device_id} />
          <ShareLink device={device.device_id} />
          <ImportDevice device={device.device_id} reload={reload} />
        </section>
      )}
      <div class="pair">
        <section class="card stack" aria-label={w.devices.state}>
          <dl class="facts">
            <dt>{w.devices.account}</dt>
            <dd class="figures">{linked ? prettyPhone(device.phone_number ?? "") : w.devices.noAccount}</dd>
            <dt>{w.devices.lastConnected}</dt>
            <dd>{device.last_connect_at === null ? w.never : dateTime(device.last_connect_at)}</dd>
            {device.device_group !== null && (
              <>
                <dt>{w.devices.group}</dt>
                <dd>{device.device_group}</dd>
              </>
            )}
            <dt>{w.devices.id}</dt>
            <dd>
              <code>{device.device_id}</code>
            </dd>
          </dl>
          {may("manage") && <DeviceProxy device={device} reload={reload} />}
          {linked && (
            <p class="row wide">
              <a href={linkTo("chats", device.device_id)}>{w.sections.chats}</a>
              <a href={linkTo("outbox", device.device_id)}>{w.sections.outbox}</a>
            </p>
          )}
        </section>
        {linked && may("send") && (
          <section class="card stack" aria-labelledby="sending">
            <h2 id="sending">{w.send.title}</h2>
            <SendBox device={device.device_id} later />
          </section>
        )}
      </div>
    </>
  );
}

const resting = new Set(["stopped", "failed", "logged_out"]);

function Actions({ device, reload }: DeviceProps) {
  const path = `/v1/devices/${encodeURIComponent(device.device_id)}`;
  const post = (verb: string) => async () => {
    await request("POST", `${path}/${verb}`);
    reload();
  };
  const leave = async () => {
    await remove(path, `/api/devices/${encodeURIComponent(device.device_id)}`);
    go("devices");
  };
  return (
    <>
      <DialogButton says={w.devices.rename} title={w.devices.rename}>
        {(close) => <DeviceNames device={device} reload={reload} close={close} />}
      </DialogButton>
      {resting.has(device.phase) ? (
        <ActButton kind="main" act={post("start")}>
          {w.devices.start}
        </ActButton>
      ) : (
        <ActButton act={post("stop")}>{w.devices.stop}</ActButton>
      )}
      {isLinked(device) && (
        <ConfirmButton
          question={w.devices.logoutAsk}
          consequence={w.devices.logoutMeans}
          yes={w.devices.logout}
          act={post("logout")}
        >
          {w.devices.logout}
        </ConfirmButton>
      )}
      <ConfirmButton
        question={fill(w.devices.removeAsk, { name: nameOf(device) })}
        consequence={w.devices.removeMeans}
        yes={w.devices.remove}
        act={leave}
      >
        {w.devices.remove}
      </ConfirmButton>
    </>
  );
}

/** For whoever holds the phone and has no key. */
function ShareLink({ device }: { device: string }) {
  const [link, setLink] = useState<{ url: string; expires_at: number } | null>(null);
  const path = `/v1/devices/${encodeURIComponent(device)}/pairing/link`;
  const make = async () => setLink((await request<{ url: string; expires_at: number }>("POST", path, {})).data);
  return (
    <details>
      <summary>{w.devices.share}</summary>
      <div class="stack">
        <p class="dim">{w.devices.shareHint}</p>
        <div class="row">
          <ActButton act={make}>{w.devices.shareMake}</ActButton>
        </div>
        {link && (
          <div role="status" class="stack">
            <Copy text={link.url} label={w.devices.share} />
            <p class="dim small">{fill(w.devices.shareUntil, { time: dateTime(link.expires_at) })}</p>
          </div>
        )}
      </div>
    </details>
  );
}
