import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { useData } from "../data.ts";
import { fill, w } from "../words.ts";
import { type Chat, shortOf } from "./conversation.ts";
import { Check, Field } from "./field.tsx";
import { Form } from "./form.tsx";
import { Button } from "./button.tsx";
import { type Device, nameOf } from "./phase.tsx";
import { pluginPath } from "./plugin-state.tsx";

/** Where a plugin is on; null is everywhere. */
export interface Scope {
  devices: string[] | null;
  chats: string[] | null;
  except: string[];
}

interface ScopeProps<T> {
  plugin: string;
  scope: Scope;
  put: (plugin: T) => void;
}

/** On which devices and in which chats a plugin is on. */
export function PluginScope<T>({ plugin, scope, put }: ScopeProps<T>) {
  const { data: devices = [] } = useData<Device[]>("/v1/devices");
  const [now, setNow] = useState(scope);
  const first = devices.find(({ phone_number }) => phone_number !== null)?.device_id;
  const { data: chats } = useData<Chat[]>(
    first === undefined ? null : `/v1/devices/${encodeURIComponent(first)}/chats`,
  );
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
          <Names
            label={w.plugins.onlyIn}
            names={now.chats}
            known={chats ?? []}
            onNames={(list) => setNow({ ...now, chats: list })}
          />
        )}
        <Names
          label={w.plugins.except}
          names={now.except}
          known={chats ?? []}
          onNames={(except) => setNow({ ...now, except })}
        />
      </fieldset>
    </Form>
  );
}

interface NamesProps {
  label: string;
  names: readonly string[];
  /** Chats to choose from; others are typed. */
  known: readonly Chat[];
  onNames: (names: string[]) => void;
}

/** Chats, each of which can be taken out, and a field that takes one more. */
function Names({ label, names, known, onNames }: NamesProps) {
  const [next, setNext] = useState("");
  const called = (jid: string) => known.find((chat) => chat.jid === jid)?.name ?? shortOf(jid);
  const add = () => {
    const typed = next.trim();
    const jid = known.find(({ name, jid: id }) => name === typed || id === typed)?.jid ?? typed.replace(/^\+/, "");
    if (jid !== "" && !names.includes(jid)) onNames([...names, jid]);
    setNext("");
  };
  return (
    <div class="stack names">
      <div class="row bottom">
        <div class="grow">
          <Field
            label={label}
            value={next}
            onValue={setNext}
            placeholder={w.plugins.chatHint}
            suggestions={known.map(({ jid, name }) => [jid, name ?? shortOf(jid)])}
            onEnter={add}
          />
        </div>
        <Button icon="plus" disabled={next.trim() === ""} onClick={add} label={`${w.plugins.addChat}: ${label}`} />
      </div>
      {names.length > 0 && (
        <ul class="row">
          {names.map((jid) => (
            <li key={jid} class="chip">
              {called(jid)}
              <Button
                kind="quiet"
                icon="close"
                label={fill(w.plugins.takeOut, { name: called(jid) })}
                onClick={() => onNames(names.filter((each) => each !== jid))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
