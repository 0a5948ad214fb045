import { useCallback, useEffect, useState } from "preact/hooks";
import { type Trouble, ask, may } from "../api.ts";
import { asTrouble, useData } from "../data.ts";
import { ago, clockTime } from "../time.ts";
import { fill, w, wordFor } from "../words.ts";
import { ActButton, Button } from "./button.tsx";
import { Choice } from "./field.tsx";
import { Empty, Loading, Notice } from "./notice.tsx";

interface Delivery {
  event_id: string;
  type: string;
  device: string | null;
  seq: number | null;
  status: string;
  attempts: number;
  reason: string | null;
  next_attempt_at: number | null;
  settled_at: number | null;
}

interface Attempt {
  number: number;
  at: number;
  duration: number;
  response_status: number | null;
  error: string | null;
  response: string | null;
}

const lookAgainMs = 2_000;
const stages = ["behind", "due", "running", "delivered", "dead"];
const tones: Record<string, string> = { delivered: "good", dead: "bad", running: "busy", due: "busy" };

/** What was owed to a webhook, newest first, each with its attempts. */
export function Deliveries({ webhook }: { webhook: string }) {
  const [stage, setStage] = useState("");
  const path = `/v1/webhooks/${webhook}/deliveries?limit=50${stage === "" ? "" : `&status=${stage}`}`;
  const { data, trouble, reload } = useData<Delivery[]>(path, anything);
  const [older, more, olderTrouble] = useOlder(path, data);
  // No event tells that a delivery went through: while some are on their way, look again.
  const moving = data?.some(({ status }) => status === "due" || status === "running") ?? false;
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setTimeout(reload, lookAgainMs);
    return () => clearTimeout(timer);
  }, [data, moving, reload]);
  const revive = async () => {
    await ask("POST", `/v1/webhooks/${webhook}/redeliver`, { since: 0, status: ["dead"] });
    reload();
  };
  return (
    <section class="stack" aria-labelledby="deliveries">
      <div class="row spread">
        <h2 id="deliveries">{w.deliveries.title}</h2>
        <div class="row">
          <Choice
            label={w.deliveries.state}
            value={stage}
            onValue={setStage}
            options={[
              ["", w.deliveries.all],
              ...stages.map((each): [string, string] => [each, wordFor(w.deliveries.states, each)]),
            ]}
          />
          <Button onClick={reload}>{w.reload}</Button>
          {may("manage") && <ActButton act={revive}>{w.deliveries.redeliverDead}</ActButton>}
        </div>
      </div>
      {trouble && <Notice trouble={trouble} retry={reload} />}
      {olderTrouble && <Notice trouble={olderTrouble} />}
      {!data && !trouble && <Loading />}
      {data?.length === 0 && <Empty>{w.deliveries.none}</Empty>}
      <ul class="deliveries">
        {[...(data ?? []), ...older].map((delivery) => (
          <One key={delivery.event_id} webhook={webhook} delivery={delivery} reload={reload} />
        ))}
      </ul>
      {more && <Button onClick={more}>{w.more}</Button>}
    </section>
  );
}

const anything = (): boolean => true;

/** Pages beyond the first; forgotten when the first is of something else. */
function useOlder(path: string, first: Delivery[] | undefined): [Delivery[], (() => void) | null, Trouble | null] {
  const [pages, setPages] = useState<{ path: string; data: Delivery[]; before: number | null | undefined }>({
    path,
    data: [],
    before: undefined,
  });
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const mine = pages.path === path ? pages : { path, data: [], before: undefined };
  const load = useCallback(async () => {
    try {
      // The first page tells where the second begins.
      const before = mine.before ?? (await ask<Delivery[]>("GET", path)).before;
      if (before === null || before === undefined) return setPages({ ...mine, before: null });
      const page = await ask<Delivery[]>("GET", `${path}&before=${before}`);
      return setPages({ path, data: [...mine.data, ...page.data], before: page.before ?? null });
    } catch (thrown) {
      return setTrouble(asTrouble(thrown));
    }
  }, [path, mine.data, mine.before]);
  const known = new Set(first?.map(({ event_id }) => event_id));
  const full = (first?.length ?? 0) >= 50 && mine.before !== null;
  return [mine.data.filter(({ event_id }) => !known.has(event_id)), full ? () => void load() : null, trouble];
}

function One({ webhook, delivery, reload }: { webhook: string; delivery: Delivery; reload: () => void }) {
  const [open, setOpen] = useState(false);
  const { event_id, type, device, seq, status, attempts, settled_at, next_attempt_at } = delivery;
  const when = settled_at ?? next_attempt_at;
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary class="row">
          <span class={`badge ${tones[status] ?? "calm"}`}>{wordFor(w.deliveries.states, status)}</span>
          <span>{type}</span>
          <span class="dim">{[device, seq === null ? null : `#${seq}`].filter(Boolean).join(" ")}</span>
          <span class="dim">
            {fill(attempts === 1 ? w.deliveries.attempt : w.deliveries.attempts, { count: attempts })}
          </span>
          {when !== null && <span class="dim">{ago(when)}</span>}
        </summary>
        {open && <History webhook={webhook} event={event_id} reload={reload} />}
      </details>
    </li>
  );
}

function History({ webhook, event, reload }: { webhook: string; event: string; reload: () => void }) {
  const path = `/v1/webhooks/${webhook}/deliveries/${event}`;
  const { data, trouble, reload: again } = useData<{ reason: string | null; log: Attempt[] }>(path);
  const redeliver = async () => {
    await ask("POST", `${path}/redeliver`);
    again();
    reload();
  };
  return (
    <div class="stack inset">
      {trouble && <Notice trouble={trouble} />}
      {data?.reason && <p class="warn">{data.reason}</p>}
      {data && (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">#</th>
                <th scope="col">{w.deliveries.when}</th>
                <th scope="col">{w.deliveries.took}</th>
                <th scope="col">{w.deliveries.answer}</th>
              </tr>
            </thead>
            <tbody>
              {data.log.map((attempt) => (
                <tr key={attempt.number}>
                  <td>{attempt.number}</td>
                  <td>{clockTime(attempt.at)}</td>
                  <td>{Math.round(attempt.duration)} ms</td>
                  <td>
                    {attempt.error ?? attempt.response_status}
                    {attempt.response && <pre>{attempt.response}</pre>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {may("manage") && (
        <div class="row">
          <ActButton act={redeliver}>{w.deliveries.redeliver}</ActButton>
        </div>
      )}
    </div>
  );
}
