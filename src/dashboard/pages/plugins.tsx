import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { remove, useData, useWhile } from "../base/data.ts";
import { ConfirmButton } from "../components/confirm.tsx";
import { Form } from "../components/form.tsx";
import { Head } from "../components/head.tsx";
import { Listing } from "../components/listing.tsx";
import { Loading, ErrorNotice } from "../components/notice.tsx";
import { PluginScopeEditor, type PluginScopeJson } from "../components/plugin-scope.tsx";
import { type Plugin, PluginState, PluginSwitch, mayDo, ofPlugins, pluginPath } from "../components/plugin-state.tsx";
import { type Shape, SettingField } from "../components/setting.tsx";
import { go, linkTo } from "../base/router.ts";
import type { SectionProps } from "./section.ts";
import { fill, w } from "../words/words.ts";

interface Details extends Plugin {
  version: string | null;
  settings: Record<string, Shape>;
  values: Record<string, unknown>;
  scope: PluginScopeJson;
}

/** Faults are events; that one begins to run, or what somebody does in the folder, is not. */
const lookAgainMs = 2_000;

export function PluginsPage({ rest: [name] }: SectionProps) {
  return name === undefined ? <List /> : <One key={name} name={name} />;
}

function List() {
  const loaded = useData<Plugin[]>("/v1/admin/plugins", ofPlugins);
  useWhile(true, loaded, lookAgainMs);
  return (
    <Listing
      title={w.sections.plugins}
      lead={w.plugins.lead}
      loaded={loaded}
      keyOf={({ name }) => name}
      icon="plugins"
      none={w.plugins.none}
      draw={(plugin) => (
        <>
          <div class="row spread">
            <h2>
              <a href={linkTo("plugins", plugin.name)}>{plugin.name}</a>
            </h2>
            <div class="row above">
              <PluginState state={plugin.state} />
              <PluginSwitch plugin={plugin} changed={loaded.reload} />
            </div>
          </div>
          <p class="dim">{plugin.description}</p>
          {plugin.problem && <p class="warn">{plugin.problem}</p>}
        </>
      )}
    />
  );
}

function One({ name }: { name: string }) {
  const path = pluginPath(name);
  const loaded = useData<Details>(path, ofPlugins);
  const { data, error, reload, put } = loaded;
  useWhile(true, loaded, lookAgainMs);
  const leave = async () => {
    await remove(path);
    go("plugins");
  };
  return (
    <>
      <Head
        up={["#/plugins", w.sections.plugins]}
        title={name}
        badge={data && <PluginState state={data.state} />}
        lead={data?.description}
      >
        {data && (
          <>
            <PluginSwitch plugin={data} changed={reload} />
            <ConfirmButton
              question={fill(w.plugins.removeAsk, { name })}
              consequence={w.plugins.removeMeans}
              yes={w.plugins.remove}
              act={leave}
            >
              {w.plugins.remove}
            </ConfirmButton>
          </>
        )}
      </Head>
      {error && <ErrorNotice error={error} retry={reload} />}
      {!data && !error && <Loading />}
      {data?.problem && <p class="notice busy">{data.problem}</p>}
      {data && (
        <>
          <p class="dim">
            {mayDo(data.permissions)} {data.version && `· ${data.version}`}
          </p>
          <div class="pair">
            {Object.keys(data.settings).length > 0 && <Settings key={data.state} plugin={data} put={put} />}
            <PluginScopeEditor plugin={name} scope={data.scope} put={put} />
          </div>
        </>
      )}
    </>
  );
}

function Settings({ plugin, put }: { plugin: Details; put: (plugin: Details) => void }) {
  const [changed, setChanged] = useState<Record<string, unknown>>({});
  const [saves, setSaves] = useState(0);
  const save = async () => {
    put((await request<Details>("PATCH", `${pluginPath(plugin.name)}/settings`, changed)).data);
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
