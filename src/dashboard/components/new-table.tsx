import { useState } from "preact/hooks";
import { postForm } from "../base/api.ts";
import { refresh } from "../base/data.ts";
import { fill, w } from "../words/words.ts";
import { bulksOf } from "./bulk.tsx";
import { Area, FileField, TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import type { Schemas } from "../base/schemas.ts";

/** What would be sent, as `/v1/devices/:id/bulk/csv?preview=true` says. */
type PreviewJson = Schemas["BulkPreview"];

const wordsOf = (content: Schemas["SentContent"]): string =>
  "text" in content && content.text !== undefined ? content.text : "caption" in content ? (content.caption ?? "") : "";

/** Rows with a mistake that are shown at once. */
const most = 50;

/** A message for each row of a table: looked at first, then sent. */
export function NewTable({ device, close }: { device: string; close: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState("");
  const [interval, setInterval] = useState("");
  const [preview, setPreview] = useState<PreviewJson | null>(null);
  const changed =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      set(value);
      setPreview(null);
    };
  const ready = preview !== null && preview.refused.length === 0;
  const act = async () => {
    const form = new FormData();
    if (file) form.set("file", file);
    if (text.trim() !== "") form.set("text", text);
    if (interval !== "") form.set("interval", interval);
    if (!ready) {
      form.set("preview", "true");
      return setPreview((await postForm<PreviewJson>(`${bulksOf(device)}/csv`, form)).data);
    }
    await postForm(`${bulksOf(device)}/csv`, form);
    refresh(`/v1/devices/${encodeURIComponent(device)}`);
    close();
  };
  return (
    <Form
      act={act}
      submit={ready ? fill(w.bulk.send, { count: preview.total }) : w.bulk.see}
      kind="main"
      disabled={file === null}
      onCancel={close}
    >
      <FileField label={w.bulk.table} hint={w.bulk.tableHint} accept=".csv,.tsv,text/csv" onFile={changed(setFile)} />
      <Area label={w.send.text} hint={w.bulk.textHint} value={text} onValue={changed(setText)} />
      <TextField
        label={w.bulk.interval}
        hint={w.bulk.intervalHint}
        type="number"
        value={interval}
        onValue={changed(setInterval)}
      />
      {preview && <Preview {...preview} />}
    </Form>
  );
}

const Preview = ({ total, rows, refused }: PreviewJson) => (
  <div role="status" class="stack">
    {refused.length > 0 && (
      <>
        <strong>{fill(w.bulk.refused, { count: refused.length, total })}</strong>
        <ul class="small">
          {refused.slice(0, most).map(({ field, error }) => (
            <li key={field}>{error}</li>
          ))}
        </ul>
      </>
    )}
    {rows.length > 0 && (
      <ul class="small" aria-label={w.bulk.first}>
        {rows.map(({ row, to, content }) => (
          <li key={row}>
            <strong>{to.split("@")[0]}</strong> {wordsOf(content)}
          </li>
        ))}
      </ul>
    )}
  </div>
);
