import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { useAct, useData } from "../data.ts";
import { Button, ConfirmButton } from "../parts/button.tsx";
import { Copy } from "../parts/copy.tsx";
import { Check, Choice, Field } from "../parts/field.tsx";
import { Empty, Loading, Notice } from "../parts/notice.tsx";
import { Tenants, type Tenant } from "../parts/tenants.tsx";
import { moment } from "../time.ts";
import { fill, w, wordFor } from "../words.ts";

interface Key {
  id: string;
  tenant: string | null;
  name: string;
  scopes: string[];
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
}

/** Who comes in: keys, tenants, and who did what. */
export function Access() {
  const keys = useData<Key[]>("/v1/admin/keys");
  const tenants = useData<Tenant[]>("/v1/admin/tenants");
  const trouble = keys.trouble ?? tenants.trouble;
  return (
    <>
      <h1>{w.sections.access}</h1>
      {trouble && <Notice trouble={trouble} retry={keys.reload} />}
      {keys.data && tenants.data ? (
        <>
          <Keys keys={keys.data} tenants={tenants.data} reload={keys.reload} />
          <Tenants tenants={tenants.data} reload={tenants.reload} />
          <Audit />
        </>
      ) : (
        !trouble && <Loading />
      )}
    </>
  );
}

function Keys({ keys, tenants, reload }: { keys: Key[]; tenants: Tenant[]; reload: () => void }) {
  const [all, setAll] = useState(false);
  const shown = keys.filter(({ revoked_at }) => all || revoked_at === null);
  return (
    <section class="stack" aria-labelledby="keys">
      <h2 id="keys">{w.keys.title}</h2>
      {shown.length === 0 && <Empty>{w.keys.none}</Empty>}
      <div class="scroll card" hidden={shown.length === 0} tabIndex={0} role="group" aria-labelledby="keys">
        <table>
          <thead>
            <tr>
              {[w.keys.name, w.tenant, w.keys.scopes, w.keys.made, w.keys.expires].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {shown.map((key) => (
              <tr key={key.id}>
                <th scope="row">{key.name}</th>
                <td>{key.tenant ?? w.admin}</td>
                <td>{key.scopes.map((scope) => wordFor(w.keys.scopeNames, scope)).join(", ")}</td>
                <td>{moment(key.created_at)}</td>
                <td>{key.expires_at === null ? w.never : moment(key.expires_at)}</td>
                <td>
                  {key.revoked_at === null ? (
                    <ConfirmButton
                      question={fill(w.keys.revokeAsk, { name: key.name })}
                      consequence={w.keys.revokeMeans}
                      yes={w.keys.revoke}
                      act={async () => {
                        await ask("DELETE", `/v1/admin/keys/${key.id}`);
                        reload();
                      }}
                    >
                      {w.keys.revoke}
                    </ConfirmButton>
                  ) : (
                    <span class="badge bad">{w.keys.revoked}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {keys.some(({ revoked_at }) => revoked_at !== null) && (
        <Check label={w.keys.showRevoked} checked={all} onChecked={setAll} />
      )}
      <NewKey tenants={tenants} onMade={reload} />
    </section>
  );
}

const scopes = ["read", "send", "manage"];

function NewKey({ tenants, onMade }: { tenants: Tenant[]; onMade: () => void }) {
  const [name, setName] = useState("");
  const [tenant, setTenant] = useState("default");
  const [granted, setGranted] = useState<readonly string[]>(scopes);
  const [made, setMade] = useState<string | null>(null);
  const { busy, trouble, act } = useAct();
  const make = async () => {
    const wish = { name, tenant: tenant === "" ? null : tenant, scopes: granted };
    setMade((await ask<{ key: string }>("POST", "/v1/admin/keys", wish)).data.key);
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
      <h3>{w.keys.make}</h3>
      <Field
        label={w.keys.name}
        value={name}
        onValue={setName}
        placeholder={w.keys.namePlaceholder}
        required
        maxLength={100}
      />
      <Choice
        label={w.keys.forWhom}
        value={tenant}
        onValue={setTenant}
        options={[...tenants.map(({ id, name }): [string, string] => [id, name]), ["", w.keys.adminKey]]}
      />
      <fieldset>
        <legend>{w.keys.scopes}</legend>
        {scopes.map((scope) => (
          <Check
            key={scope}
            label={wordFor(w.keys.scopeNames, scope)}
            checked={granted.includes(scope)}
            onChecked={(on) => setGranted(scopes.filter((each) => (each === scope ? on : granted.includes(each))))}
          />
        ))}
      </fieldset>
      {trouble && <Notice trouble={trouble} />}
      <div class="row">
        <Button busy={busy} disabled={granted.length === 0}>
          {w.keys.make}
        </Button>
      </div>
      {made !== null && (
        <div role="status">
          <p>{w.keys.once}</p>
          <Copy text={made} label={w.keys.title} />
        </div>
      )}
    </form>
  );
}

interface Entry {
  id: string;
  timestamp: string;
  actor: string;
  action: string;
  tenant: string | null;
  subject: string | null;
  address: string | null;
}

function Audit() {
  const { data, trouble } = useData<Entry[]>("/v1/admin/audit?limit=50");
  return (
    <section class="stack" aria-labelledby="audit">
      <h2 id="audit">{w.audit.title}</h2>
      {trouble && <Notice trouble={trouble} />}
      <div class="scroll card" tabIndex={0} role="group" aria-labelledby="audit">
        <table>
          <thead>
            <tr>
              {[w.audit.when, w.audit.who, w.audit.what, w.audit.about, w.audit.from].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data?.map((entry) => (
              <tr key={entry.id}>
                <td>{moment(entry.timestamp)}</td>
                <td>{entry.actor}</td>
                <td>{entry.action}</td>
                <td>{[entry.tenant, entry.subject].filter(Boolean).join("/")}</td>
                <td>{entry.address}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
