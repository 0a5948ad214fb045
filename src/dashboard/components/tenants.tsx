import { useState } from "preact/hooks";
import { may, request, who } from "../base/api.ts";
import { ofDevices, remove, useData } from "../base/data.ts";
import { linkIn } from "../base/router.ts";
import { fill, w } from "../words/words.ts";
import { ConfirmButton } from "./confirm.tsx";
import { DialogButton } from "./dialog.tsx";
import { TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import { type DeviceJson, nameOf, PhaseBadge } from "./phase.tsx";
import { BudgetList } from "./budget-list.tsx";
import { TenantWays } from "./tenant-ways.tsx";
import { TenantRetention } from "./tenant-retention.tsx";
import type { Schemas } from "../base/schemas.ts";

export type TenantJson = Schemas["Tenant"];

const pathOf = ({ id }: Pick<TenantJson, "id">): string => `/v1/admin/tenants/${encodeURIComponent(id)}`;

/** Who uses this bot beside its admin. */
export function TenantList({ tenants, reload }: { tenants: TenantJson[]; reload: () => void }) {
  return (
    <section class="stack" aria-labelledby="tenants">
      <div class="row spread">
        <h2 id="tenants">{w.tenants.title}</h2>
        {may("manage") && (
          <DialogButton icon="plus" says={w.tenants.make} title={w.tenants.make}>
            {(close) => <NewTenant close={close} onMade={reload} />}
          </DialogButton>
        )}
      </div>
      <p class="dim">{w.tenants.lead}</p>
      <ul class="cards">
        {tenants.map((tenant) => (
          <li key={tenant.id} class="card stack">
            <One tenant={tenant} reload={reload} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function One({ tenant, reload }: { tenant: TenantJson; reload: () => void }) {
  const { data: devices } = useData<DeviceJson[]>(`${pathOf(tenant)}/devices`, ofDevices);
  return (
    <>
      <div class="row spread">
        <h3>{tenant.name}</h3>
        <code>{tenant.id}</code>
      </div>
      <ul class="stack tight">
        {devices?.map((device) => (
          <li key={device.device_id} class="row spread">
            <a href={linkIn(tenant.id === who.value?.tenant ? null : tenant.id, "devices", device.device_id)}>
              {nameOf(device)}
            </a>{" "}
            <PhaseBadge phase={device.phase} />
          </li>
        ))}
        {devices?.length === 0 && <li class="dim">{w.devices.none}</li>}
      </ul>
      <BudgetList path={`${pathOf(tenant)}/usage`} />
      {may("manage") && <Manage tenant={tenant} reload={reload} />}
    </>
  );
}

/** What a tenant may have, and its end. */
function Manage({ tenant, reload }: { tenant: TenantJson; reload: () => void }) {
  return (
    <>
      <Limit tenant={tenant} reload={reload} />
      <TenantWays tenant={tenant} path={pathOf(tenant)} reload={reload} />
      <TenantRetention path={pathOf(tenant)} name={tenant.name} />
      {tenant.id !== "default" && (
        <div class="row">
          <ConfirmButton
            label={`${w.tenants.remove}: ${tenant.name}`}
            question={fill(w.tenants.removeAsk, { name: tenant.name })}
            consequence={w.tenants.removeMeans}
            yes={w.tenants.remove}
            act={() => remove(pathOf(tenant))}
          >
            {w.tenants.remove}
          </ConfirmButton>
        </div>
      )}
    </>
  );
}

function Limit({ tenant, reload }: { tenant: TenantJson; reload: () => void }) {
  const [limit, setLimit] = useState(tenant.device_limit === null ? "" : String(tenant.device_limit));
  const save = async () => {
    await request("PATCH", pathOf(tenant), { device_limit: limit === "" ? null : Number(limit) });
    reload();
  };
  return (
    <Form act={save} submit={w.save} label={`${w.save}: ${tenant.name}`} inline saves>
      <TextField
        label={w.tenants.limit}
        type="number"
        value={limit}
        onValue={setLimit}
        placeholder={w.tenants.noLimit}
      />
    </Form>
  );
}

function NewTenant({ close, onMade }: { close: () => void; onMade: () => void }) {
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const make = async () => {
    await request("POST", "/v1/admin/tenants", { id: id.trim(), ...(name.trim() === "" ? {} : { name: name.trim() }) });
    onMade();
  };
  return (
    <Form act={make} submit={w.tenants.make} kind="main" onDone={close} onCancel={close}>
      <TextField label={w.tenants.id} hint={w.devices.idHint} value={id} onValue={setId} placeholder="acme" required />
      <TextField label={w.tenants.name} value={name} onValue={setName} placeholder="Acme" maxLength={100} />
    </Form>
  );
}
