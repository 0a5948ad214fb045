import { useEffect, useState } from "preact/hooks";
import { type ApiAnswer, may } from "../base/api.ts";
import { useData, useWhile } from "../base/data.ts";
import { useOlder } from "../base/older.ts";
import { serverNow } from "../base/server-clock.ts";
import { fill, w, wordFor } from "../words/words.ts";
import { Button } from "./button.tsx";
import { type DeliveryJson, OneDelivery } from "./delivery.tsx";
import { DialogButton } from "./dialog.tsx";
import { Choice } from "./field.tsx";
import { Empty, Loading, ErrorNotice } from "./notice.tsx";
import { RedeliverRange } from "./redeliver.tsx";

const stages = ["blocked", "due", "running", "delivered", "dead"];

interface DeliveryListProps {
  webhook: string;
  /** Called when they are others than before. */
  moved: () => void;
}

/** What was owed to a webhook, newest first, each with its attempts. */
export function DeliveryList({ webhook, moved }: DeliveryListProps) {
  const [stage, setStage] = useState("");
  const path = `/v1/webhooks/${webhook}/deliveries?limit=50${stage === "" ? "" : `&status=${stage}`}`;
  const loaded = useData<DeliveryJson[]>(path, anything);
  const { data, error, reload } = loaded;
  const { older, more, error: olderTrouble } = useOlder(path, loaded, { by: "before", nextOf, size: 50, idOf });
  const again = lookAgainIn(data ?? []);
  useWhile(again !== null, loaded, again ?? 0);
  useEffect(moved, [data]);
  const all = [...(data ?? []), ...older];
  // They say nothing by themselves: what they wait for is in the list.
  const waiting = stage === "" ? all.filter(({ status, attempts }) => status === "blocked" && attempts === 0) : [];
  const matter = all.filter((delivery) => !waiting.includes(delivery));
  const one = (delivery: DeliveryJson) => (
    <OneDelivery key={delivery.event_id} webhook={webhook} delivery={delivery} reload={reload} />
  );
  return (
    <section class="stack" aria-labelledby="deliveries">
      <div class="row spread bottom">
        <h2 id="deliveries">{w.deliveries.title}</h2>
        <div class="row bottom">
          <Choice
            label={w.deliveries.state}
            value={stage}
            onValue={setStage}
            options={[
              ["", w.deliveries.all],
              ...stages.map((each): [string, string] => [each, wordFor(w.deliveries.states, each)]),
            ]}
          />
          <Button icon="refresh" label={w.reload} onClick={reload} />
          {may("manage") && (
            <DialogButton says={w.deliveries.range} title={w.deliveries.range}>
              {(close) => <RedeliverRange webhook={webhook} close={close} done={reload} />}
            </DialogButton>
          )}
        </div>
      </div>
      {error && <ErrorNotice error={error} retry={reload} />}
      {olderTrouble && <ErrorNotice error={olderTrouble} />}
      {!data && !error && <Loading />}
      {data?.length === 0 && <Empty icon="webhooks">{stage === "" ? w.deliveries.none : w.nothingFound}</Empty>}
      <ul class="list deliveries">{matter.map(one)}</ul>
      {waiting.length > 0 && (
        <details>
          <summary>{fill(w.deliveries.waiting, { count: waiting.length })}</summary>
          <ul class="list deliveries">{waiting.map(one)}</ul>
        </details>
      )}
      {more && (
        <div class="row">
          <Button onClick={more}>{w.more}</Button>
        </div>
      )}
    </section>
  );
}

/** While something is on its way it is looked at so often, and what waits behind others so often, ms. */
const often = { moving: 2_000, blocked: 30_000 };

/** No event tells that a delivery went through: after how many ms to look again; null when nothing is on its way. */
function lookAgainIn(deliveries: readonly DeliveryJson[]): number | null {
  const now = serverNow();
  const due = deliveries.filter(({ status }) => status === "due" || status === "running");
  if (due.length === 0) return deliveries.some(({ status }) => status === "blocked") ? often.blocked : null;
  const next = Math.min(...due.map(({ next_attempt_at }) => (next_attempt_at ?? 0) * 1_000));
  return Math.max(often.moving, next - now + 1_000);
}

const idOf = ({ event_id }: DeliveryJson): string => event_id;
const nextOf = ({ before }: ApiAnswer<DeliveryJson[]>) => before;
const anything = (): boolean => true;
