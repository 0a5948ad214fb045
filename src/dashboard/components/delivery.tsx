import { useEffect, useRef, useState } from "preact/hooks";
import { request, may } from "../base/api.ts";
import { useData } from "../base/data.ts";
import { ago, dateTime } from "../base/time.ts";
import { fill, w, wordFor } from "../words/words.ts";
import { ActButton } from "./button.tsx";
import { tones } from "./event-delivery.tsx";
import { ErrorNotice } from "./notice.tsx";
import type { Schemas } from "../base/schemas.ts";

/** What is owed to a webhook, as the API shows it. */
export type DeliveryJson = Schemas["Delivery"];

type Attempt = Schemas["DeliveryAttempt"];

interface OneProps {
  webhook: string;
  delivery: DeliveryJson;
  reload: () => void;
}

/** One delivery; opened, every attempt of it. */
export function OneDelivery({ webhook, delivery, reload }: OneProps) {
  const [open, setOpen] = useState(false);
  const { type, device, seq, status, attempts, error, settled_at, next_attempt_at } = delivery;
  const when = settled_at ?? next_attempt_at;
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span class={`badge ${tones[status] ?? "calm"}`}>{wordFor(w.deliveries.states, status)}</span>
          <span>{type}</span>
          <span class="dim">{[device, seq === null ? null : `#${seq}`].filter(Boolean).join(" ")}</span>
          <span class="dim">
            {fill(attempts === 1 ? w.deliveries.attempt : w.deliveries.attempts, { count: attempts })}
          </span>
          {status !== "delivered" && error !== null && <span class="dim gist grow">{error}</span>}
          {when !== null && <span class="dim">{ago(when)}</span>}
        </summary>
        {open && <History webhook={webhook} delivery={delivery} reload={reload} />}
      </details>
    </li>
  );
}

function History({ webhook, delivery, reload }: OneProps) {
  const { event_id, status, attempts } = delivery;
  const path = `/v1/webhooks/${webhook}/deliveries/${event_id}`;
  const { data, error, reload: again } = useData<{ reason: string | null; log: Attempt[] }>(path);
  const known = useRef(`${status} ${attempts}`);
  useEffect(() => {
    const now = `${status} ${attempts}`;
    if (known.current !== now) again();
    known.current = now;
  }, [status, attempts, again]);
  const [told, setTold] = useState<string | null>(null);
  const redeliver = async () => {
    // It says so when the webhook is paused.
    setTold((await request("POST", `${path}/redeliver`)).message ?? null);
    again();
    reload();
  };
  return (
    <div class="stack inset">
      {error && <ErrorNotice error={error} />}
      {data?.reason && <p class="warn">{data.reason}</p>}
      {data && <Attempts log={data.log} />}
      {may("manage") && (
        <div class="row">
          <ActButton act={redeliver}>{w.deliveries.redeliver}</ActButton>
          {told !== null && (
            <span class="dim" role="status" lang="en">
              {told}
            </span>
          )}
        </div>
      )}
    </div>
  );
}

function Attempts({ log }: { log: readonly Attempt[] }) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={w.deliveries.attemptsOf}>
      <table class="attempts">
        <thead>
          <tr>
            {["#", w.deliveries.when, w.deliveries.took, w.deliveries.answer].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {log.map((attempt) => (
            <tr key={attempt.number}>
              <td>{attempt.number}</td>
              <td>
                <time>{dateTime(attempt.at)}</time>
              </td>
              <td>{attempt.duration === null ? "–" : `${Math.round(attempt.duration)} ms`}</td>
              <td>
                {attempt.error ?? attempt.response_status}
                {attempt.response && <pre>{attempt.response}</pre>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
