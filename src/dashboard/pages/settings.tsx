import { useEffect, useState } from "preact/hooks";
import { may, request } from "../base/api.ts";
import { useData } from "../base/data.ts";
import type { Schemas } from "../base/schemas.ts";
import { DialogButton } from "../components/dialog.tsx";
import { Check, TextField } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { Head } from "../components/head.tsx";
import { ErrorNotice, Loading } from "../components/notice.tsx";
import { DataTable } from "../components/table.tsx";
import type { SectionProps } from "./section.ts";
import { w, wordFor } from "../words/words.ts";

type Setting = Schemas["Setting"];

const path = "/v1/admin/settings";

/** Every setting, where it stands, and how it changes. */
export function SettingsPage({ rest: [asked = ""] }: SectionProps) {
  const { data, error, reload } = useData<Setting[]>(path);
  const [all, setAll] = useState(true);
  const [words, setWords] = useState(asked);
  useEffect(() => setWords(asked), [asked]);
  const named = ({ name, about }: Setting): boolean => `${name} ${about}`.toLowerCase().includes(words.toLowerCase());
  const shown = data?.filter((setting) => (all || setting.source !== "default") && named(setting)) ?? [];
  return (
    <>
      <Head title={w.sections.settings} lead={w.config.lead} />
      {error && <ErrorNotice error={error} retry={reload} />}
      {!data && !error && <Loading />}
      {data && (
        <section class="stack" aria-labelledby="settings">
          <h2 id="settings">{w.config.name}</h2>
          <div class="toolbar">
            <TextField label={w.search} type="search" value={words} onValue={setWords} />
            <Check label={w.config.all} checked={all} onChecked={setAll} />
          </div>
          {shown.length === 0 && <p class="dim">{w.nothingFound}</p>}
          {shown.length > 0 && (
            <DataTable
              labelledby="settings"
              titles={[w.config.name, w.config.value, w.config.source, w.config.how]}
              deeds
            >
              {shown.map((setting) => (
                <Row key={setting.name} setting={setting} reload={reload} />
              ))}
            </DataTable>
          )}
        </section>
      )}
    </>
  );
}

function Row({ setting, reload }: { setting: Setting; reload: () => void }) {
  const { name, about, source, changes } = setting;
  return (
    <tr>
      <th scope="row" title={about}>
        <code>{name}</code>
      </th>
      <td>{valueOf(setting)}</td>
      <td>
        {wordFor(w.config.sources, source)} {setting.needs_restart && <span class="badge busy">{w.config.waits}</span>}
      </td>
      <td>{wordFor(w.config.hows, changes)}</td>
      <td>
        {changes === "api" && may("manage") && (
          <DialogButton
            kind="quiet"
            label={`${w.config.change}: ${name}`}
            says={w.config.change}
            title={`${w.config.change}: ${name}`}
          >
            {(close) => <ChangeForm setting={setting} reload={reload} close={close} />}
          </DialogButton>
        )}
      </td>
    </tr>
  );
}

function valueOf({ value, default: fallback, source, is_secret: isSecret }: Setting): string {
  if (isSecret) return source === "default" ? "" : w.config.set;
  return value ?? fallback ?? "";
}

function ChangeForm({ setting, reload, close }: { setting: Setting; reload: () => void; close: () => void }) {
  const { name, about, value } = setting;
  const [text, setText] = useState(value ?? "");
  const act = async () => {
    await request("PATCH", path, { [name]: text.trim() === "" ? null : text });
    reload();
  };
  return (
    <Form act={act} submit={w.save} onDone={close} onCancel={close}>
      <p class="dim">{about}</p>
      <TextField label={name} value={text} onValue={setText} hint={w.config.changeHint} maxLength={2_000} />
    </Form>
  );
}
