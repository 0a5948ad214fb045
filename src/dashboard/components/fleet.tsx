import { useState } from "preact/hooks";
import type { FleetDevice } from "../base/fleet.ts";
import { linkIn } from "../base/router.ts";
import { ago } from "../base/time.ts";
import { w, wordFor } from "../words/words.ts";
import { Choice } from "./field.tsx";
import { PhaseBadge, nameOf, prettyPhone } from "./phase.tsx";
import { DataTable } from "./table.tsx";

/** The devices of every tenant. */
export function FleetTable({ devices, home }: { devices: readonly FleetDevice[]; home: string }) {
  const [tenant, setTenant] = useState("");
  const [phase, setPhase] = useState("");
  const [words, setWords] = useState("");
  const shown = devices.filter(
    (device) =>
      (tenant === "" || device.tenant === tenant) &&
      (phase === "" || device.phase === phase) &&
      `${device.tenant} ${nameOf(device)} ${device.device_id} ${device.phone_number ?? ""}`
        .toLowerCase()
        .includes(words.toLowerCase()),
  );
  const tenants = [...new Set(devices.map((device) => device.tenant))].toSorted();
  const phases = [...new Set(devices.map((device) => device.phase))].toSorted();
  return (
    <section aria-labelledby="fleet" class="stack">
      <div class="row spread">
        <h2 id="fleet">{w.overview.devices}</h2>
        <div class="row">
          {tenants.length > 1 && (
            <Choice
              label={w.tenant}
              value={tenant}
              onValue={setTenant}
              options={[["", w.overview.everyTenant], ...tenants.map((each): [string, string] => [each, each])]}
            />
          )}
          <Choice
            label={w.devices.state}
            value={phase}
            onValue={setPhase}
            options={[
              ["", w.overview.everyState],
              ...phases.map((each): [string, string] => [each, wordFor(w.phases, each)]),
            ]}
          />
          <input
            type="search"
            aria-label={w.search}
            placeholder={w.search}
            value={words}
            onInput={({ currentTarget }) => setWords(currentTarget.value)}
          />
        </div>
      </div>
      {shown.length === 0 ? (
        <p class="dim">{w.nothingFound}</p>
      ) : (
        <DataTable
          labelledby="fleet"
          titles={[w.overview.device, w.tenant, w.devices.account, w.devices.state, w.overview.since]}
        >
          {shown.map((device) => (
            <FleetRow key={`${device.tenant}/${device.device_id}`} device={device} home={home} />
          ))}
        </DataTable>
      )}
    </section>
  );
}

function FleetRow({ device, home }: { device: FleetDevice; home: string }) {
  return (
    <tr>
      <th scope="row">
        <a href={linkIn(device.tenant === home ? null : device.tenant, "devices", device.device_id)}>
          {nameOf(device)}
        </a>
      </th>
      <td>{device.tenant}</td>
      <td class="figures">{device.phone_number === null ? "–" : prettyPhone(device.phone_number)}</td>
      <td>
        <PhaseBadge phase={device.phase} />
      </td>
      <td class="dim small">{ago(device.since)}</td>
    </tr>
  );
}
