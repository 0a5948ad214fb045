import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { useAct, useData } from "../data.ts";
import { ActButton, Button, ConfirmButton } from "../parts/button.tsx";
import { Empty, Good, Loading, Notice } from "../parts/notice.tsx";
import { type Shape, SettingField } from "../parts/setting.tsx";
import { go, linkTo } from "../router.ts";
import type { SectionProps } from "../sections.tsx";
import { fill, w, wordFor } from "../words.ts";

interface Plugin {
  name: string;
  description: string;
  state: string;
  permissions: string[];
  problem: string | null;
}

interface Details extends Plugin {
  version: string | null;
  settings: Record<string, Shape>;
  values: Record<string, unknown>;
}

export function Plugins({ rest: [name] }: SectionProps) {
  return name === undefined ? <List /> : <One key={name} name={name} />;
}

const tones: Record<string, string> = { running: "good", failed: "bad", disabled: "bad", restarting: "busy" };
const State = ({ state }: { state: string }) => (
  <span class={`badge ${tones[state] ?? "calm"}`}>{wordFor(w.plugins.states, state)}</span>
);
const isOn = (state: string): boolean => state === "running" || state === "restarting";

/** Faults are events; what somebody does in the folder is seen at the next look. */
const ofPlugins = ({ type }: { type: string }): boolean => type.startsWith("plugin.");

function List() {
  const { data, trouble, reload } = useData<Plugin[]>("/v1/admin/plugins", ofPlugins);
  return (
    <>
      <h1>{w.sections.plugins}</h1>
      <p class="lead">{w.plugins.lead}</p>
      {trouble && <Notice trouble={trouble} retry={reload} />}
      {!data && !trouble && <Loading />}
      {data?.length === 0 && <Empty>{w.plugins.none}</Empty>}
      <ul class="cards">
        {data?.map((plugin) => (
          <li key={plugin.name} class="card stack">
            <div class="row spread">
              <h2>
                <a href={linkTo("plugins", plugin.name)}>{plugin.name}</a>
              </h2>
              <State state={plugin.state} />
            </div>
            <p>{plugin.description}</p>
            {plugin.problem && <p class="warn">{plugin.problem}</p>}
            <div class="row">
              <Switch plugin={plugin} changed={reload} />
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function Switch({ plugin, changed }: { plugin: Plugin; changed: () => void }) {
  const on = isOn(plugin.state);
  const turn = async () => {
    await ask("POST", `/v1/admin/plugins/${plugin.name}/${on ? "disable" : "enable"}`);
    changed();
  };
  const label = fill(on ? w.plugins.turnOffLabel : w.plugins.turnOnLabel, { name: plugin.name });
  return (
    <ActButton act={turn} label={label}>
      {on ? w.plugins.turnOff : w.plugins.turnOn}
    </ActButton>
  );
}

function One({ name }: { name: string }) {
  const path = `/v1/admin/plugins/${encodeURIComponent(name)}`;
  const { data, trouble, reload, put } = useData<Details>(path, ofPlugins);
  if (trouble) return <Notice trouble={trouble} retry={reload} />;
  if (!data) return <Loading />;
  const remove = async () => {
    await ask("DELETE", path);
    go("plugins");
  };
  return (
    <>
      <p class="up">
        <a href="#/plugins">← {w.sections.plugins}</a>
      </p>
      <h1>{data.name}</h1>
      <section class="card stack" aria-label={w.plugins.state}>
        <p class="row">
          <State state={data.state} /> <span class="dim">{data.version}</span>
        </p>
        <p>{data.description}</p>
        {data.problem && <p class="warn">{data.problem}</p>}
        <p class="dim">
          {data.permissions.length === 0
            ? w.plugins.noPermissions
            : fill(w.plugins.permissions, { list: data.permissions.join(", ") })}
        </p>
        <div class="row">
          <Switch plugin={data} changed={reload} />
          <ConfirmButton
            question={fill(w.plugins.removeAsk, { name })}
            consequence={w.plugins.removeMeans}
            yes={w.plugins.remove}
            act={remove}
          >
            {w.plugins.remove}
          </ConfirmButton>
        </div>
      </section>
      {Object.keys(data.settings).length > 0 && <Settings key={data.state} plugin={data} put={put} />}
    </>
  );
}

function Settings({ plugin, put }: { plugin: Details; put: (plugin: Details) => void }) {
  const [changed, setChanged] = useState<Record<string, unknown>>({});
  const [saved, setSaved] = useState(false);
  const { busy, trouble, act } = useAct();
  const save = async () => {
    put((await ask<Details>("PATCH", `/v1/admin/plugins/${plugin.name}/settings`, changed)).data);
    setChanged({});
  };
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        setSaved(false);
        void act(save).then(setSaved);
      }}
    >
      <h2>{w.settings}</h2>
      {Object.entries(plugin.settings).map(([name, shape]) => (
        <SettingField
          key={name}
          name={name}
          shape={shape}
          value={name in changed ? changed[name] : plugin.values[name]}
          onValue={(value) => setChanged({ ...changed, [name]: value })}
        />
      ))}
      {trouble && <Notice trouble={trouble} />}
      {saved && <Good>{w.saved}</Good>}
      <div class="row">
        <Button kind="main" busy={busy} disabled={Object.keys(changed).length === 0}>
          {w.save}
        </Button>
      </div>
    </form>
  );
}
