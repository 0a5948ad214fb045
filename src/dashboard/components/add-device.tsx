import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
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
  const [label, setLabel] = useState("");
  const add = async () => {
    const name = id.trim();
    await request("POST", "/v1/devices", { device_id: name, ...(label.trim() === "" ? {} : { label: label.trim() }) });
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
      <TextField label={w.devices.name} value={label} onValue={setLabel} maxLength={100} />
    </Form>
  );
}
