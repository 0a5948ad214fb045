import { may, request } from "../base/api.ts";
import { useData } from "../base/data.ts";
import { go } from "../base/router.ts";
import type { Schemas } from "../base/schemas.ts";
import { pluginWords } from "../words/plugins.ts";
import { fill } from "../words/words.ts";
import { DialogButton } from "./dialog.tsx";
import { Form } from "./form.tsx";
import { ErrorNotice, Loading } from "./notice.tsx";
import { pluginPath } from "./plugin-path.ts";
import { mayDo } from "./plugin-state.tsx";

type Bundled = Schemas["BundledPlugin"];

/** Those that come with the bot and are not in the folder, each with its commands; one click adds one and turns it on. */
export function PluginGallery({ here, changed }: { here: readonly string[]; changed: () => void }) {
  const p = pluginWords();
  const { data, error, reload } = useData<Bundled[]>("/v1/admin/bundled-plugins");
  const others = data?.filter(({ name }) => !here.includes(name));
  const done = (): void => {
    reload();
    changed();
  };
  return (
    <section class="stack" aria-labelledby="gallery">
      <h2 id="gallery">{p.gallery}</h2>
      <p class="dim">{others?.length === 0 ? p.allAdded : p.galleryLead}</p>
      {error && <ErrorNotice error={error} retry={reload} />}
      {!data && !error && <Loading />}
      {others && others.length > 0 && (
        <ul class="cards">
          {others.map((plugin) => (
            <li key={plugin.name} class="card">
              <OneOfGallery plugin={plugin} done={done} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function OneOfGallery({
  plugin: { name, description, permissions, commands },
  done,
}: {
  plugin: Bundled;
  done: () => void;
}) {
  const p = pluginWords();
  const add = async () => {
    await request("POST", `/v1/admin/bundled-plugins/${encodeURIComponent(name)}`);
    // Why one does not start, for want of a setting for one, stands on its page.
    await request("POST", `${pluginPath(name)}/enable`).catch(() => {});
    done();
    go("plugins", name);
  };
  return (
    <>
      <div class="row spread">
        <h3>{name}</h3>
        {may("manage") && (
          <DialogButton says={p.add} icon="plus" label={fill(p.addTitle, { name })} title={fill(p.addTitle, { name })}>
            {(close) => (
              <Form act={add} submit={p.addAct} kind="main" onDone={close} onCancel={close}>
                <p>{mayDo(permissions)}</p>
              </Form>
            )}
          </DialogButton>
        )}
      </div>
      <p class="dim">{p.about[name] ?? description}</p>
      {commands.length > 0 && (
        <ul class="row small" aria-label={fill(p.commandsOf, { name })}>
          {commands.map((command) => (
            <li key={command.name}>
              <code title={command.description}>!{command.name}</code>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
