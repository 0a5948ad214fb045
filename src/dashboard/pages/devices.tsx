import { mayAddDevice } from "../base/api.ts";
import { ofDevices, useData } from "../base/data.ts";
import { AddDevice } from "../components/add-device.tsx";
import { DialogButton } from "../components/dialog.tsx";
import { Listing } from "../components/listing.tsx";
import { type DeviceJson, PhaseBadge, PhaseNote, nameOf, prettyPhone } from "../components/phase.tsx";
import { go, linkTo } from "../base/router.ts";
import type { SectionProps } from "./section.ts";
import { w } from "../words/words.ts";
import { OneDevice } from "./device.tsx";

export function DevicesPage({ rest: [id] }: SectionProps) {
  return id === undefined ? <List /> : <OneDevice key={id} id={id} />;
}

function List() {
  const loaded = useData<DeviceJson[]>("/v1/devices", ofDevices);
  return (
    <Listing
      title={w.sections.devices}
      lead={w.devices.lead}
      loaded={loaded}
      keyOf={({ device_id }) => device_id}
      icon="devices"
      none={<p>{w.devices.none}</p>}
      draw={(device) => (
        <>
          <div class="row spread">
            <h2>
              <a href={linkTo("devices", device.device_id)}>{nameOf(device)}</a>
            </h2>
            <PhaseBadge phase={device.phase} />
          </div>
          <p class="figures">{device.phone_number === null ? w.devices.noAccount : prettyPhone(device.phone_number)}</p>
          <p class="small">
            <PhaseNote device={device} />
          </p>
        </>
      )}
    >
      {mayAddDevice() && (
        <DialogButton icon="plus" says={w.devices.add} title={w.devices.add}>
          {(close) => (
            <AddDevice
              onCancel={close}
              onAdded={(id) => {
                close();
                go("devices", id);
              }}
            />
          )}
        </DialogButton>
      )}
    </Listing>
  );
}
