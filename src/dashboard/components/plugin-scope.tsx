import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { useCell } from "../base/cell.ts";
import { useData } from "../base/data.ts";
import { fleet } from "../base/fleet.ts";
import { pluginWords } from "../words/plugins.ts";
import { w } from "../words/words.ts";
import { ChatNames } from "./chat-names.tsx";
import type { ChatJson } from "./conversation.ts";
import { Check } from "./field.tsx";
import { Form } from "./form.tsx";
import { type DeviceJson, isLinked, nameOf } from "./phase.tsx";
import { pluginPath } from "./plugin-path.ts";

/** Where a plugin is on; null is everywhere. */
export interface PluginScopeJson {
  devices: string[] | null;
  chats: string[] | null;
  except: string[];
}

/** Chats to choose from: those of the first device that is linked. Others are typed. */
function useKnownChats(): readonly ChatJson[] {
  const { data: devices } = useData<DeviceJson[]>("/v1/devices");
  const first = devices?.find(isLinked)?.device_id;
  const path = first === undefined ? null : `/v1/devices/${encodeURIComponent(first)}/chats`;
  return useData<ChatJson[]>(path).data ?? [];
}

interface ScopeProps<T> {
  plugin: string;
  scope: PluginScopeJson;
  put: (plugin: T) => void;
}

/** On which devices and in which chats a plugin is on. */
export function PluginScopeEditor<T>({ plugin, scope, put }: ScopeProps<T>) {
  const [now, setNow] = useState(scope);
  const change = (part: Partial<PluginScopeJson>) => setNow({ ...now, ...part });
  const same = JSON.stringify(now) === JSON.stringify(scope);
  const save = async () => {
    const { data } = await request<T & { scope: PluginScopeJson }>("PUT", `${pluginPath(plugin)}/scope`, now);
    setNow(data.scope);
    put(data);
  };
  return (
    <Form act={save} submit={w.save} kind="main" title={pluginWords().where} card saves disabled={same}>
      <OnDevices devices={now.devices} change={change} />
      <InChats scope={now} change={change} />
    </Form>
  );
}

type Change = (part: Partial<PluginScopeJson>) => void;

function OnDevices({ devices: on, change }: { devices: readonly string[] | null; change: Change }) {
  const devices = useCell(fleet)?.devices ?? [];
  const known = [...new Set([...devices.map(({ device_id }) => device_id), ...(on ?? [])])];
  const nameFor = (id: string) =>
    nameOf(devices.find((each) => each.device_id === id) ?? { device_id: id, label: null });
  return (
    <fieldset>
      <legend>{w.sections.devices}</legend>
      <Check
        label={pluginWords().everyDevice}
        checked={on === null}
        onChecked={(all) => change({ devices: all ? null : known })}
      />
      {on !== null &&
        known.map((id) => (
          <Check
            key={id}
            label={nameFor(id)}
            checked={on.includes(id)}
            onChecked={(it) => change({ devices: known.filter((each) => (each === id ? it : on.includes(each))) })}
          />
        ))}
    </fieldset>
  );
}

function InChats({ scope: { chats, except }, change }: { scope: PluginScopeJson; change: Change }) {
  const known = useKnownChats();
  return (
    <fieldset>
      <legend>{w.sections.chats}</legend>
      <Check
        label={pluginWords().everyChat}
        checked={chats === null}
        onChecked={(all) => change({ chats: all ? null : [] })}
      />
      {chats !== null && (
        <ChatNames
          known={known}
          label={pluginWords().onlyIn}
          names={chats}
          onNames={(list) => change({ chats: list })}
        />
      )}
      <ChatNames
        known={known}
        label={pluginWords().except}
        names={except}
        onNames={(list) => change({ except: list })}
      />
    </fieldset>
  );
}
