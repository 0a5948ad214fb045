import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import type { Schemas } from "../base/schemas.ts";
import { fill, w } from "../words/words.ts";
import { Check, FolderField } from "./field.tsx";
import { Form } from "./form.tsx";
import { prettyPhone } from "./phase.tsx";

type Moved = Schemas["ImportedDevice"];

/** Takes over a linked device of another server, whose folder one chooses: looked at first, then taken. */
export function ImportDevice({ device, reload }: { device: string; reload: () => void }) {
  const [files, setFiles] = useState<Record<string, string> | null>(null);
  const [stopped, setStopped] = useState(false);
  const [found, setFound] = useState<Moved | null>(null);
  const path = `/v1/devices/${encodeURIComponent(device)}`;
  const choose = async (chosen: readonly File[]) => {
    setFound(null);
    const json = chosen.filter(({ name }) => name.endsWith(".json"));
    setFiles(Object.fromEntries(await Promise.all(json.map(async (file) => [file.name, await file.text()] as const))));
  };
  const act = async () => {
    if (found === null) {
      setFound((await request<Moved>("POST", `${path}/import`, { files, dry_run: true })).data);
      return;
    }
    await request("POST", `${path}/import`, { files, stopped });
    await request("POST", `${path}/start`);
    reload();
  };
  const words = w.devices.moving;
  return (
    <details>
      <summary>{words.title}</summary>
      <div class="stack">
        <p class="dim">{words.lead}</p>
        <Form
          act={act}
          submit={found ? words.take : words.look}
          kind={found ? "main" : "plain"}
          disabled={files === null || (found !== null && !stopped)}
        >
          <FolderField label={words.folder} hint={words.folderHint} onFiles={(chosen) => void choose(chosen)} />
          {found && <Report found={found} />}
          {found && <Check label={words.stopped} checked={stopped} onChecked={setStopped} />}
        </Form>
      </div>
    </details>
  );
}

function Report({ found: { phone_number, wa_jid, kept, made_anew } }: { found: Moved }) {
  const words = w.devices.moving;
  return (
    <div role="status" class="stack">
      <strong>{fill(words.account, { account: phone_number === null ? wa_jid : prettyPhone(phone_number) })}</strong>
      <p>{fill(words.kept, { ...kept })}</p>
      {made_anew.length > 0 && (
        <ul class="small dim" lang="en">
          {made_anew.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
