import type { ComponentChildren } from "preact";
import { ofDevices, useData } from "../base/data.ts";
import { go, linkTo } from "../base/router.ts";
import { w } from "../words/words.ts";
import { Choice } from "./field.tsx";
import { Head } from "./head.tsx";
import type { IconName } from "./icon.tsx";
import { Empty, Loading, ErrorNotice } from "./notice.tsx";
import { type DeviceJson, isLinked, nameOf } from "./phase.tsx";

interface ChosenProps {
  section: "chats" | "outbox";
  icon: IconName;
  lead?: string;
  /** The device that the address names. */
  device: string | undefined;
  /** What is shown of it. */
  children: (device: string) => ComponentChildren;
}

/** A section about one device at a time: the one the address names, else the first that is linked. */
export function ChosenDevice({ section, icon, lead, device, children }: ChosenProps) {
  const { data: devices, error, reload } = useData<DeviceJson[]>("/v1/devices", ofDevices);
  const linked = devices?.filter(isLinked) ?? [];
  const chosen = device ?? linked[0]?.device_id;
  return (
    <div class={section === "chats" ? "filling" : "stack wide"}>
      <Head title={w.sections[section]} lead={lead}>
        {linked.length > 1 && (
          <Choice
            label={w.chats.device}
            value={chosen ?? ""}
            onValue={(id) => go(section, id)}
            options={linked.map((each): [string, string] => [each.device_id, nameOf(each)])}
          />
        )}
      </Head>
      {error && <ErrorNotice error={error} retry={reload} />}
      {!devices && !error && <Loading />}
      {devices && chosen === undefined && (
        <Empty icon={icon}>
          <p>{w.chats.noDevice}</p>
          <a class="button main" href={linkTo("start")}>
            {w.devices.link}
          </a>
        </Empty>
      )}
      {devices && chosen !== undefined && children(chosen)}
    </div>
  );
}
