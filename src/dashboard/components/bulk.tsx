import { inTenant, request, may } from "../base/api.ts";
import { ago, dateTime } from "../base/time.ts";
import { fill, w, wordFor } from "../words/words.ts";
import { BulkMessages } from "./bulk-messages.tsx";
import { ConfirmButton } from "./confirm.tsx";
import { DialogButton } from "./dialog.tsx";
import type { Schemas } from "../base/schemas.ts";

/** Many messages that were handed over at once, as `/v1/devices/:id/bulk` shows them. */
export type BulkJson = Schemas["Bulk"];

const tones: Record<string, string> = { running: "busy", cancelling: "busy", done: "good" };

export const bulksOf = (device: string): string => `/v1/devices/${encodeURIComponent(device)}/bulk`;

/** How one of them gets on, and what became of each of its messages. */
export function OneBulk({ bulk, device, reload }: { bulk: BulkJson; device: string; reload: () => void }) {
  const { bulk_id, status, total, counts, created_at } = bulk;
  const ahead = (counts["queued"] ?? 0) + (counts["waiting"] ?? 0) + (counts["sending"] ?? 0);
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const path = `${bulksOf(device)}/${bulk_id}`;
  const name = `${dateTime(created_at)}, ${fill(w.bulk.left, { count: total - ahead, total })}`;
  const cancel = async () => {
    await request("POST", `${path}/cancel`);
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
      <div class="row">
        <DialogButton label={`${w.bulk.messages}: ${name}`} says={w.bulk.messages} title={w.bulk.messages} wide>
          {() => <BulkMessages device={device} path={path} bulk={bulk_id} />}
        </DialogButton>
        <a class="button quiet" href={inTenant(`${path}/csv`)} download aria-label={`${w.bulk.results}: ${name}`}>
          {w.bulk.results}
        </a>
        {may("send") && status === "running" && (
          <ConfirmButton
            label={`${w.bulk.cancel}: ${name}`}
            question={w.bulk.cancelAsk}
            consequence={fill(w.bulk.cancelMeans, { count: ahead })}
            yes={w.bulk.cancel}
            act={cancel}
          >
            {w.bulk.cancel}
          </ConfirmButton>
        )}
      </div>
    </li>
  );
}
