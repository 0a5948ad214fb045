import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { refresh } from "../base/data.ts";
import { fill, w } from "../words/words.ts";
import { bulksOf } from "./bulk.tsx";
import { Area, TextField } from "./field.tsx";
import { Form } from "./form.tsx";

/** One text to many. */
export function NewBulk({ device, close }: { device: string; close: () => void }) {
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const [interval, setInterval] = useState("");
  const numbers = to
    .split(/[\n,;]+/)
    .map((each) => (/^[\d\s()+-]+$/.test(each) ? each.replace(/[^\d]/g, "") : each.trim()))
    .filter((each) => each !== "");
  const send = async () => {
    const pace = interval === "" ? {} : { interval: Number(interval) };
    await request("POST", bulksOf(device), { to: numbers, text, ...pace });
    refresh(`/v1/devices/${encodeURIComponent(device)}`);
  };
  return (
    <Form
      act={send}
      submit={fill(w.bulk.send, { count: numbers.length })}
      kind="main"
      disabled={numbers.length === 0 || text.trim() === ""}
      onDone={close}
      onCancel={close}
    >
      <Area label={w.send.to} hint={w.bulk.toHint} value={to} onValue={setTo} rows={5} />
      <Area label={w.send.text} value={text} onValue={setText} />
      <TextField
        label={w.bulk.interval}
        hint={w.bulk.intervalHint}
        type="number"
        value={interval}
        onValue={setInterval}
      />
    </Form>
  );
}
