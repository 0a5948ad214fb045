import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { useAct } from "../data.ts";
import { fill, w } from "../words.ts";
import { Button, ConfirmButton } from "./button.tsx";
import { Field } from "./field.tsx";
import { Notice } from "./notice.tsx";

export interface Tenant {
  id: string;
  name: string;
  device_limit: number | null;
  created_at: number;
}

/** Who uses this bot beside its admin. */
export function Tenants({ tenants, reload }: { tenants: Tenant[]; reload: () => void }) {
  return (
    <section class="stack" aria-labelledby="tenants">
      <h2 id="tenants">{w.tenants.title}</h2>
      <p class="dim">{w.tenants.lead}</p>
      <ul class="cards">
        {tenants.map((tenant) => (
          <li key={tenant.id} class="card stack">
            <div class="row spread">
              <h3>{tenant.name}</h3>
              <code>{tenant.id}</code>
            </div>
            <Limit tenant={tenant} reload={reload} />
            {tenant.id !== "default" && (
              <div class="row">
                <ConfirmButton
                  question={fill(w.tenants.removeAsk, { name: tenant.name })}
                  consequence={w.tenants.removeMeans}
                  yes={w.tenants.remove}
                  act={async () => {
                    await ask("DELETE", `/v1/admin/tenants/${tenant.id}`);
                    reload();
                  }}
                >
                  {w.tenants.remove}
                </ConfirmButton>
              </div>
            )}
          </li>
        ))}
      </ul>
      <NewTenant onMade={reload} />
    </section>
  );
}

function Limit({ tenant, reload }: { tenant: Tenant; reload: () => void }) {
  const [limit, setLimit] = useState(tenant.device_limit === null ? "" : String(tenant.device_limit));
  const { busy, trouble, act } = useAct();
  const save = async () => {
    await ask("PATCH", `/v1/admin/tenants/${tenant.id}`, { device_limit: limit === "" ? null : Number(limit) });
    reload();
  };
  return (
    <form
      class="row bottom"
      onSubmit={(event) => {
        event.preventDefault();
        void act(save);
      }}
    >
      <Field label={w.tenants.limit} type="number" value={limit} onValue={setLimit} placeholder={w.tenants.noLimit} />
      <Button busy={busy} label={`${w.save}: ${tenant.name}`}>
        {w.save}
      </Button>
      {trouble && <Notice trouble={trouble} />}
    </form>
  );
}

function NewTenant({ onMade }: { onMade: () => void }) {
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const { busy, trouble, act } = useAct();
  const make = async () => {
    await ask("POST", "/v1/admin/tenants", { id: id.trim(), ...(name.trim() === "" ? {} : { name: name.trim() }) });
    setId("");
    setName("");
    onMade();
  };
  return (
    <form
      class="card stack narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void act(make);
      }}
    >
      <h3>{w.tenants.make}</h3>
      <Field label={w.tenants.id} hint={w.devices.idHint} value={id} onValue={setId} placeholder="acme" required />
      <Field label={w.tenants.name} value={name} onValue={setName} placeholder="Acme" maxLength={100} />
      {trouble && <Notice trouble={trouble} />}
      <div class="row">
        <Button busy={busy}>{w.tenants.make}</Button>
      </div>
    </form>
  );
}
