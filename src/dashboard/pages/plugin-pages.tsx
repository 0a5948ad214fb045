import { may } from "../base/api.ts";
import { useChanges } from "../base/changes.ts";
import { remove, useData } from "../base/data.ts";
import { ConfirmButton } from "../components/confirm.tsx";
import { Head } from "../components/head.tsx";
import { Listing } from "../components/listing.tsx";
import { Loading, ErrorNotice } from "../components/notice.tsx";
import { FactsOfPlugin } from "../components/plugin-facts.tsx";
import { PluginGallery } from "../components/plugin-gallery.tsx";
import { pluginPath } from "../components/plugin-path.ts";
import { PluginScopeEditor } from "../components/plugin-scope.tsx";
import { PluginSettings } from "../components/plugin-settings.tsx";
import { type Plugin, PluginState, PluginSwitch, mayDo } from "../components/plugin-state.tsx";
import type { Shape } from "../components/setting.tsx";
import { go, linkTo } from "../base/router.ts";
import type { Schemas } from "../base/schemas.ts";
import { pluginWords } from "../words/plugins.ts";
import type { SectionProps } from "./section.ts";
import { fill, w } from "../words/words.ts";

type Details = Omit<Schemas["PluginDetails"], "settings"> & { settings: Record<string, Shape> };

/** All of them, or the one that the address names. */
export function PluginPages({ rest: [name] }: SectionProps) {
  return name === undefined ? <List /> : <One key={name} name={name} />;
}

function List() {
  const loaded = useData<Plugin[]>("/v1/admin/plugins");
  useChanges("plugins", loaded.reload);
  return (
    <>
      <Listing
        title={w.sections.plugins}
        lead={pluginWords().lead}
        loaded={loaded}
        keyOf={({ name }) => name}
        icon="plugins"
        none={pluginWords().none}
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
      {loaded.data && <PluginGallery here={loaded.data.map(({ name }) => name)} changed={loaded.reload} />}
    </>
  );
}

function One({ name }: { name: string }) {
  const path = pluginPath(name);
  const loaded = useData<Details>(path);
  const { data, error, reload, put } = loaded;
  useChanges("plugins", loaded.reload);
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
        {data && may("manage") && (
          <>
            <PluginSwitch plugin={data} changed={reload} />
            <ConfirmButton
              question={fill(pluginWords().removeAsk, { name })}
              consequence={pluginWords().removeMeans}
              yes={pluginWords().remove}
              act={leave}
            >
              {pluginWords().remove}
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
            {[mayDo(data.permissions), data.version, data.origin && originOf(data.origin)].filter(Boolean).join(" · ")}
          </p>
          {may("manage") && (
            <div class="pair">
              {Object.keys(data.settings).length > 0 && <PluginSettings key={data.state} plugin={data} put={put} />}
              <PluginScopeEditor plugin={name} scope={data.scope} put={put} />
            </div>
          )}
          <FactsOfPlugin plugin={data} />
        </>
      )}
    </>
  );
}

const originOf = ({ url, hash }: NonNullable<Details["origin"]>): string =>
  fill(pluginWords().from, { url, hash: hash.slice(0, 12) });
