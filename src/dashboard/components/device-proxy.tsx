import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { w } from "../words/words.ts";
import { ActButton } from "./button.tsx";
import { TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import type { DeviceJson } from "./phase.tsx";

/** Asks for the proxy that a device leaves by. The one that is set stands there without its password. */
export function DeviceProxy({ device, reload }: { device: DeviceJson; reload: () => void }) {
  const [address, setAddress] = useState("");
  const { proxy } = device;
  const save = async (chosen: string | null) => {
    await request("PATCH", `/v1/devices/${encodeURIComponent(device.device_id)}`, { proxy: chosen });
    setAddress("");
    reload();
  };
  return (
    <details>
      <summary>{w.devices.proxy}</summary>
      <div class="stack">
        <p class="dim">{w.devices.proxyHint}</p>
        <p>
          {proxy === null ? w.devices.proxyNone : (proxy.address ?? w.devices.proxyFrom[proxy.from])}
          {proxy?.trouble && <span class="dim"> · {proxy.trouble}</span>}
        </p>
        <Form act={() => save(address.trim())} submit={w.save} label={`${w.save}: ${w.devices.proxy}`} inline saves>
          <TextField
            label={w.devices.proxyAddress}
            value={address}
            onValue={setAddress}
            placeholder="socks5://user:password@10.0.0.5:1080"
            autocomplete="off"
            required
          />
        </Form>
        {proxy?.from === "device" && (
          <div class="row">
            <ActButton act={() => save(null)}>{w.devices.proxyRemove}</ActButton>
          </div>
        )}
      </div>
    </details>
  );
}
