import { useState } from "preact/hooks";
import { request, who } from "../base/api.ts";
import { w } from "../words/words.ts";
import { TextField } from "./field.tsx";
import { Form } from "./form.tsx";

interface AddDeviceProps {
  onAdded: (id: string) => void;
  onCancel?: () => void;
}

/** Asks for an id and makes a device of it. */
export function AddDevice({ onAdded, onCancel }: AddDeviceProps) {
  const [id, setId] = useState("");
  const add = async () => {
    const name = id.trim();
    if (who.value?.admin) await request("POST", "/v1/admin/tenants/default/devices", { device_id: name });
    else await request("POST", `/api/devices/${encodeURIComponent(name)}/start`);
    onAdded(name);
  };
  return (
    <Form act={add} submit={w.devices.add} kind="main" {...(onCancel ? { onCancel } : {})}>
      <TextField
        label={w.devices.id}
        hint={w.devices.idHint}
        value={id}
        onValue={setId}
        placeholder="shop-1"
        required
      />
    </Form>
  );
}
