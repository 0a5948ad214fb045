import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { fill, w, wordFor } from "../words/words.ts";
import { Check, Choice, TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import { MadeKey } from "./made-key.tsx";
import type { TenantJson } from "./tenants.tsx";

const scopes = ["read", "send", "manage"];
const lives = ["", "7", "30", "90", "365"];

interface NewKeyProps {
  tenants: TenantJson[];
  onMade: () => void;
  close: () => void;
}

/** Asks what a new key may do, and shows it this once. */
export function NewKeyForm({ tenants, onMade, close }: NewKeyProps) {
  const [name, setName] = useState("");
  const [tenant, setTenant] = useState("default");
  const [admin, setAdmin] = useState(false);
  const [granted, setGranted] = useState<readonly string[]>([]);
  const [devices, setDevices] = useState("");
  const [days, setDays] = useState("");
  const [made, setMade] = useState<string | null>(null);
  const make = async () => {
    const until = days === "" ? {} : { expires_at: Math.floor(Date.now() / 1_000) + Number(days) * 86_400 };
    const some = devices.split(/[\s,]+/).filter((id) => id !== "");
    const bound = some.length === 0 || admin ? {} : { devices: some };
    const wish = { name, ...(admin ? { admin } : { tenant }), scopes: granted, ...bound, ...until };
    setMade((await request<{ key: string }>("POST", "/v1/admin/keys", wish)).data.key);
    onMade();
  };
  if (made !== null) return <MadeKey text={made} />;
  return (
    <Form act={make} submit={w.keys.make} kind="main" disabled={granted.length === 0} onCancel={close}>
      <TextField
        label={w.keys.name}
        value={name}
        onValue={setName}
        placeholder={w.keys.namePlaceholder}
        required
        maxLength={100}
      />
      {!admin && (
        <Choice
          label={w.keys.forWhom}
          value={tenant}
          onValue={setTenant}
          options={tenants.map(({ id, name: called }): [string, string] => [id, called])}
        />
      )}
      <Grants granted={granted} onGranted={setGranted} admin={admin} onAdmin={setAdmin} />
      {!admin && (
        <TextField
          label={w.keys.devices}
          value={devices}
          onValue={setDevices}
          placeholder={w.keys.devicesPlaceholder}
          maxLength={10_000}
        />
      )}
      <Choice
        label={w.keys.expires}
        value={days}
        onValue={setDays}
        options={lives.map((each) => [each, each === "" ? w.never : fill(w.keys.afterDays, { days: each })])}
      />
    </Form>
  );
}

interface GrantsProps {
  granted: readonly string[];
  onGranted: (scopes: readonly string[]) => void;
  admin: boolean;
  onAdmin: (admin: boolean) => void;
}

function Grants({ granted, onGranted, admin, onAdmin }: GrantsProps) {
  return (
    <fieldset>
      <legend>{w.keys.scopes}</legend>
      {scopes.map((scope) => (
        <Check
          key={scope}
          label={wordFor(w.keys.scopeNames, scope)}
          checked={granted.includes(scope)}
          onChecked={(on) => onGranted(scopes.filter((each) => (each === scope ? on : granted.includes(each))))}
        />
      ))}
      <Check label={w.keys.adminKey} checked={admin} onChecked={onAdmin} />
    </fieldset>
  );
}
