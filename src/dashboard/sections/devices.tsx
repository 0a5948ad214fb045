import { useState } from "preact/hooks";
import { ask, may, who } from "../api.ts";
import { ofDevices, useAct, useData } from "../data.ts";
import { ActButton, Button, ConfirmButton } from "../parts/button.tsx";
import { Copy } from "../parts/copy.tsx";
import { Field } from "../parts/field.tsx";
import { Linking } from "../parts/linking.tsx";
import { Empty, Loading, Notice } from "../parts/notice.tsx";
import { type Device, PhaseBadge, Standing, isLinked, nameOf, prettyPhone } from "../parts/phase.tsx";
import { SendBox } from "../parts/send-box.tsx";
import { go, linkTo } from "../router.ts";
import type { SectionProps } from "../sections.tsx";
import { moment } from "../time.ts";
import { fill, w } from "../words.ts";

export function Devices({ rest: [id] }: SectionProps) {
  return id === undefined ? <List /> : <One key={id} id={id} />;
}

function List() {
  const { data, trouble, reload } = useData<Device[]>("/v1/devices", ofDevices);
  return (
    <>
      <h1>{w.sections.devices}</h1>
      {trouble && <Notice trouble={trouble} retry={reload} />}
      {!data && !trouble && <Loading />}
      {data?.length === 0 && <Empty>{w.devices.none}</Empty>}
      <ul class="cards">
        {data?.map((device) => (
          <li key={device.device_id} class="card">
            <div class="row spread">
              <h2>
                <a href={linkTo("devices", device.device_id)}>{nameOf(device)}</a>
              </h2>
              <PhaseBadge phase={device.phase} />
            </div>
            <p>{device.phone_number === null ? w.devices.noAccount : prettyPhone(device.phone_number)}</p>
            <p>
              <Standing device={device} />
            </p>
          </li>
        ))}
      </ul>
      {may("manage") && <AddDevice onAdded={reload} />}
    </>
  );
}

function AddDevice({ onAdded }: { onAdded: () => void }) {
  const [id, setId] = useState("");
  const { busy, trouble, act } = useAct();
  const add = async () => {
    const name = id.trim();
    if (who.value?.admin) await ask("POST", "/v1/admin/tenants/default/devices", { device_id: name });
    else await ask("POST", `/api/devices/${encodeURIComponent(name)}/start`);
    onAdded();
    go("devices", name);
  };
  return (
    <form
      class="card stack narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void act(add);
      }}
    >
      <h2>{w.devices.add}</h2>
      <Field label={w.devices.id} hint={w.devices.idHint} value={id} onValue={setId} placeholder="shop-1" required />
      {trouble && <Notice trouble={trouble} />}
      <div class="row">
        <Button busy={busy}>{w.devices.add}</Button>
      </div>
    </form>
  );
}

function One({ id }: { id: string }) {
  // While it is being removed, its last events must not make us ask for what is no more.
  const [leaving, setLeaving] = useState(false);
  const path = `/v1/devices/${encodeURIComponent(id)}`;
  const { data: device, trouble, reload } = useData<Device>(path, leaving ? undefined : ofDevices);
  return (
    <>
      <p class="up">
        <a href="#/devices">← {w.sections.devices}</a>
      </p>
      {trouble && <Notice trouble={trouble} retry={reload} />}
      {!device && !trouble && <Loading />}
      {device && <Details device={device} reload={reload} setLeaving={setLeaving} />}
    </>
  );
}

interface DetailsProps {
  device: Device;
  reload: () => void;
  setLeaving: (leaving: boolean) => void;
}

function Details({ device, reload, setLeaving }: DetailsProps) {
  const linked = isLinked(device);
  return (
    <>
      <h1>{nameOf(device)}</h1>
      <section class="card stack" aria-label={w.devices.state}>
        <p class="row">
          <PhaseBadge phase={device.phase} /> <Standing device={device} />
        </p>
        <dl class="facts">
          <dt>{w.devices.account}</dt>
          <dd>{linked ? prettyPhone(device.phone_number ?? "") : w.devices.noAccount}</dd>
          <dt>{w.devices.lastConnected}</dt>
          <dd>{device.last_connect_at === null ? w.never : moment(device.last_connect_at)}</dd>
          <dt>{w.devices.id}</dt>
          <dd>
            <code>{device.device_id}</code>
          </dd>
        </dl>
        {may("manage") && <Actions device={device} linked={linked} reload={reload} setLeaving={setLeaving} />}
      </section>
      {!linked && may("manage") && (
        <section class="card stack" aria-labelledby="linking">
          <h2 id="linking">{w.devices.link}</h2>
          <Linking device={device.device_id} />
          <ShareLink device={device.device_id} />
        </section>
      )}
      {linked && may("send") && (
        <section class="card stack" aria-labelledby="sending">
          <h2 id="sending">{w.send.title}</h2>
          <SendBox device={device.device_id} />
        </section>
      )}
    </>
  );
}

const resting = new Set(["stopped", "failed", "logged_out"]);

function Actions({ device, linked, reload, setLeaving }: DetailsProps & { linked: boolean }) {
  const path = `/v1/devices/${encodeURIComponent(device.device_id)}`;
  const post = (verb: string) => async () => {
    await ask("POST", `${path}/${verb}`);
    reload();
  };
  const remove = async () => {
    setLeaving(true);
    try {
      await ask("DELETE", `/api/devices/${encodeURIComponent(device.device_id)}`);
      go("devices");
    } finally {
      setLeaving(false);
    }
  };
  return (
    <div class="row">
      {resting.has(device.phase) ? (
        <ActButton act={post("start")}>{w.devices.start}</ActButton>
      ) : (
        <ActButton act={post("stop")}>{w.devices.stop}</ActButton>
      )}
      {linked && (
        <ConfirmButton
          question={w.devices.logoutAsk}
          consequence={w.devices.logoutMeans}
          yes={w.devices.logout}
          act={post("logout")}
        >
          {w.devices.logout}
        </ConfirmButton>
      )}
      {device.device_id !== "default" && (
        <ConfirmButton
          question={fill(w.devices.removeAsk, { name: nameOf(device) })}
          consequence={w.devices.removeMeans}
          yes={w.devices.remove}
          act={remove}
        >
          {w.devices.remove}
        </ConfirmButton>
      )}
    </div>
  );
}

/** For whoever holds the phone and has no key. */
function ShareLink({ device }: { device: string }) {
  const [link, setLink] = useState<{ url: string; expires_at: number } | null>(null);
  const path = `/v1/devices/${encodeURIComponent(device)}/pairing/link`;
  const make = async () => setLink((await ask<{ url: string; expires_at: number }>("POST", path, {})).data);
  return (
    <details class="stack">
      <summary>{w.devices.share}</summary>
      <p class="dim">{w.devices.shareHint}</p>
      <div class="row">
        <ActButton act={make}>{w.devices.shareMake}</ActButton>
      </div>
      {link && (
        <>
          <Copy text={link.url} label={w.devices.share} />
          <p class="dim">{fill(w.devices.shareUntil, { time: moment(link.expires_at) })}</p>
        </>
      )}
    </details>
  );
}
