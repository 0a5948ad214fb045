import { useState } from "preact/hooks";
import { ask, may } from "../api.ts";
import { useData } from "../data.ts";
import type { LiveEvent } from "../live.ts";
import { ago } from "../time.ts";
import { fill, w, wordFor } from "../words.ts";
import { ConfirmButton } from "./button.tsx";
import { Area, Field } from "./field.tsx";
import { Form } from "./form.tsx";

/** Many messages that were handed over at once, as `/v1/devices/:id/bulk` shows them. */
interface Bulk {
  bulk_id: string;
  status: string;
  total: number;
  /** How many messages are in which state. */
  counts: Record<string, number>;
  created_at: number;
  done_at: number | null;
}

const ofBulks = ({ type }: LiveEvent): boolean => type.startsWith("bulk.");
const tones: Record<string, string> = { running: "busy", cancelling: "busy", done: "good" };
const pathOf = (device: string): string => `/v1/devices/${encodeURIComponent(device)}/bulk`;

/** How those that were handed over at once get on. Nothing is shown where there were none. */
export function Bulks({ device }: { device: string }) {
  const { data, reload } = useData<Bulk[]>(`${pathOf(device)}?limit=20`, ofBulks);
  if (!data || data.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="bulks">
      <h2 id="bulks">{w.bulk.title}</h2>
      <ul class="list">
        {data.map((bulk) => (
          <One key={bulk.bulk_id} bulk={bulk} path={pathOf(device)} reload={reload} />
        ))}
      </ul>
    </section>
  );
}

function One({ bulk, path, reload }: { bulk: Bulk; path: string; reload: () => void }) {
  const { bulk_id, status, total, counts, created_at } = bulk;
  const ahead = (counts["queued"] ?? 0) + (counts["waiting"] ?? 0) + (counts["sending"] ?? 0);
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const cancel = async () => {
    await ask("POST", `${path}/${bulk_id}/cancel`);
    reload();
  };
  return (
    <li class="stack">
      <div class="row wide">
        <span class={`badge ${tones[status] ?? "calm"}`}>{wordFor(w.bulk.states, status)}</span>
        <strong class="figures">{fill(w.bulk.left, { count: total - ahead, total })}</strong>
        <span class="dim small grow">
          {parts.map(([state, count]) => `${count} ${wordFor(w.send.states, state)}`).join(" · ")}
        </span>
        <time class="dim small">{ago(created_at)}</time>
      </div>
      <progress value={total - ahead} max={total} aria-label={w.bulk.progress} />
      {may("send") && status === "running" && (
        <div class="row">
          <ConfirmButton
            question={w.bulk.cancelAsk}
            consequence={fill(w.bulk.cancelMeans, { count: ahead })}
            yes={w.bulk.cancel}
            act={cancel}
          >
            {w.bulk.cancel}
          </ConfirmButton>
        </div>
      )}
    </li>
  );
}

/** One text to many. */
export function NewBulk({ device, close }: { device: string; close: () => void }) {
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const [interval, setInterval] = useState("");
  const numbers = to
    .split(/[\n,;]+/)
    .map((each) => (/^[\d\s()+-]+$/.test(each) ? each.replace(/[^\d]/g, "") : each.trim()))
    .filter((each) => each !== "");
  const send = () =>
    ask("POST", pathOf(device), { to: numbers, text, ...(interval === "" ? {} : { interval: Number(interval) }) });
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
      <Field label={w.bulk.interval} hint={w.bulk.intervalHint} type="number" value={interval} onValue={setInterval} />
    </Form>
  );
}
