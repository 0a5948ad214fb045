import { useEffect, useState } from "preact/hooks";
import { ask, get } from "../api.ts";
import { useData } from "../data.ts";
import { w } from "../words.ts";
import { ChatNames } from "./chat-names.tsx";
import type { Chat } from "./conversation.ts";
import { Check } from "./field.tsx";
import { Form } from "./form.tsx";
import { type Device, isLinked, nameOf } from "./phase.tsx";
import { pluginPath } from "./plugin-state.tsx";
import type { Tenant } from "./tenants.tsx";

/** Where a plugin is on; null is everywhere. */
export interface Scope {
  devices: string[] | null;
  chats: string[] | null;
  except: string[];
}

type Named = Pick<Device, "device_id" | "label">;

/** Every device of this bot, whosever it is. */
function useEveryDevice(): readonly Named[] {
  const { data: tenants } = useData<Tenant[]>("/v1/admin/tenants");
  const [devices, setDevices] = useState<readonly Named[]>([]);
  useEffect(() => {
    const ofTenant = ({ id }: Tenant) => get<Named[]>(`/v1/admin/tenants/${encodeURIComponent(id)}/devices`);
    Promise.all((tenants ?? []).map(ofTenant)).then(
      (lists) => setDevices(lists.flat()),
      () => {},
    );
  }, [tenants]);
  return devices;
}

/** Chats to choose from: those of the first device that is linked. Others are typed. */
function useKnownChats(): readonly Chat[] {
  const { data: devices } = useData<Device[]>("/v1/devices");
  const first = devices?.find(isLinked)?.device_id;
  const path = first === undefined ? null : `/v1/devices/${encodeURIComponent(first)}/chats`;
  return useData<Chat[]>(path).data ?? [];
}

interface ScopeProps<T> {
  plugin: string;
  scope: Scope;
  put: (plugin: T) => void;
}

/** On which devices and in which chats a plugin is on. */
export function PluginScope<T>({ plugin, scope, put }: ScopeProps<T>) {
  const devices = useEveryDevice();
  const chats = useKnownChats();
  const [now, setNow] = useState(scope);
  const known = [...new Set([...devices.map(({ device_id }) => device_id), ...(now.devices ?? [])])];
  const save = async () => {
    const { data } = await ask<T & { scope: Scope }>("PUT", `${pluginPath(plugin)}/scope`, now);
    setNow(data.scope);
    put(data);
  };
  const nameFor = (id: string) => {
    const device = devices.find(({ device_id }) => device_id === id);
    return device ? nameOf(device) : id;
  };
  return (
    <Form
      act={save}
      submit={w.save}
      kind="main"
      title={w.plugins.where}
      card
      saves
      disabled={JSON.stringify(now) === JSON.stringify(scope)}
    >
      <fieldset>
        <legend>{w.sections.devices}</legend>
        <Check
          label={w.plugins.everyDevice}
          checked={now.devices === null}
          onChecked={(all) => setNow({ ...now, devices: all ? null : known })}
        />
        {now.devices !== null &&
          known.map((id) => (
            <Check
              key={id}
              label={nameFor(id)}
              checked={now.devices?.includes(id) ?? false}
              onChecked={(on) =>
                setNow({ ...now, devices: known.filter((each) => (each === id ? on : now.devices?.includes(each))) })
              }
            />
          ))}
      </fieldset>
      <fieldset>
        <legend>{w.sections.chats}</legend>
        <Check
          label={w.plugins.everyChat}
          checked={now.chats === null}
          onChecked={(all) => setNow({ ...now, chats: all ? null : [] })}
        />
        {now.chats !== null && (
          <ChatNames
            label={w.plugins.onlyIn}
            names={now.chats}
            known={chats}
            onNames={(list) => setNow({ ...now, chats: list })}
          />
        )}
        <ChatNames
          label={w.plugins.except}
          names={now.except}
          known={chats}
          onNames={(except) => setNow({ ...now, except })}
        />
      </fieldset>
    </Form>
  );
}
