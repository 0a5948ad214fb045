import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { w } from "../words/words.ts";
import { TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import type { DeviceJson } from "./phase.tsx";

interface DeviceNamesProps {
  device: DeviceJson;
  reload: () => void;
  close: () => void;
}

/** Asks what people call a device, and to which group it belongs. */
export function DeviceNames({ device, reload, close }: DeviceNamesProps) {
  const [label, setLabel] = useState(device.label ?? "");
  const [group, setGroup] = useState(device.device_group ?? "");
  const textOrNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());
  const save = async () => {
    const names = { label: textOrNull(label), device_group: textOrNull(group) };
    await request("PATCH", `/v1/devices/${encodeURIComponent(device.device_id)}`, names);
    reload();
  };
  return (
    <Form act={save} submit={w.save} kind="main" onDone={close} onCancel={close}>
      <TextField label={w.devices.name} value={label} onValue={setLabel} maxLength={100} />
      <TextField
        label={w.devices.group}
        hint={w.devices.groupHint}
        value={group}
        onValue={setGroup}
        maxLength={64}
        placeholder="jakarta"
      />
    </Form>
  );
}
