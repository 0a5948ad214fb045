import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { w } from "../words/words.ts";
import { Form } from "./form.tsx";
import { pluginPath } from "./plugin-path.ts";
import { type Shape, SettingField } from "./setting.tsx";

interface Settable {
  name: string;
  settings: Record<string, Shape>;
  values: Record<string, unknown>;
}

/** The settings of a plugin as a form. */
export function PluginSettings<T extends Settable>({ plugin, put }: { plugin: T; put: (plugin: T) => void }) {
  const [changed, setChanged] = useState<Record<string, unknown>>({});
  const [saves, setSaves] = useState(0);
  const save = async () => {
    put((await request<T>("PATCH", `${pluginPath(plugin.name)}/settings`, changed)).data);
    setChanged({});
    // The fields show what holds now; a secret that was typed is shown no longer.
    setSaves(saves + 1);
  };
  return (
    <Form
      act={save}
      submit={w.save}
      kind="main"
      title={w.settings}
      card
      saves
      disabled={Object.keys(changed).length === 0}
    >
      {Object.entries(plugin.settings).map(([name, shape]) => (
        <SettingField
          key={`${name} ${saves}`}
          name={name}
          shape={shape}
          value={name in changed ? changed[name] : plugin.values[name]}
          onValue={(value) => setChanged({ ...changed, [name]: value })}
        />
      ))}
    </Form>
  );
}
