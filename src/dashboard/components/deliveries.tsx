import { useState } from "preact/hooks";
import { type ApiAnswer, may } from "../base/api.ts";
import { useData, useWhile } from "../base/data.ts";
import { useOlder } from "../base/older.ts";
import { fill, w, wordFor } from "../words/words.ts";
import { Button } from "./button.tsx";
import { type DeliveryJson, OneDelivery } from "./delivery.tsx";
import { DialogButton } from "./dialog.tsx";
import { Choice } from "./field.tsx";
import { Empty, Loading, ErrorNotice } from "./notice.tsx";
import { RedeliverRange } from "./redeliver.tsx";

const lookAgainMs = 2_000;
const stages = ["blocked", "due", "running", "delivered", "dead"];

/** What was owed to a webhook, newest first, each with its attempts. */
export function DeliveryList({ webhook }: { webhook: string }) {
  const [stage, setStage] = useState("");
  const path = `/v1/webhooks/${webhook}/deliveries?limit=50${stage === "" ? "" : `&status=${stage}`}`;
  const loaded = useData<DeliveryJson[]>(path, anything);
  const { data, error, reload } = loaded;
  const { older, more, error: olderTrouble } = useOlder(path, loaded, { by: "before", nextOf, size: 50, idOf });
  // No event tells that a delivery went through: while some are on their way, look again.
  const moving = data?.some(({ status }) => status === "due" || status === "running") ?? false;
  useWhile(moving, loaded, lookAgainMs);
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

const idOf = ({ event_id }: DeliveryJson): string => event_id;
const nextOf = ({ before }: ApiAnswer<DeliveryJson[]>) => before;
const anything = (): boolean => true;
