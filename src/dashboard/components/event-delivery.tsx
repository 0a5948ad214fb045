import { useState } from "preact/hooks";
import { useWhile } from "../base/data.ts";
import { ago, dateTime } from "../base/time.ts";
import { fill, w, wordFor } from "../words/words.ts";
import { ActButton } from "./button.tsx";

/** How an event stands with one that it is, was or never was owed to. What was never owed has only a reason. */
export interface Handed {
  status: string;
  reason: string | null;
  attempts?: number;
  response_status?: number | null;
  error?: string | null;
  next_attempt_at?: number | null;
  settled_at?: number | null;
}

export const tones: Record<string, string> = { delivered: "good", dead: "bad", running: "busy", due: "busy" };
const lookAgainMs = 1_000;

interface EventDeliveryProps {
  fate: Handed;
  /** Who it is. */
  name: string;
  link: string | null;
  /** Hands it over once more; null where that cannot be. */
  again: (() => Promise<{ message?: string }>) | null;
  reload: () => void;
}

export function EventDelivery({ fate, name, link, again, reload }: EventDeliveryProps) {
  const { status, reason, attempts = 0, response_status, error, next_attempt_at, settled_at } = fate;
  const [told, setTold] = useState<string | null>(null);
  const moving = status === "due" || status === "running";
  useWhile(moving, { data: fate, reload }, lookAgainMs);
  const handOver = async () => {
    setTold((await again?.())?.message ?? null);
    reload();
  };
  const says = status === "not_subscribed" ? w.deliveries.deliver : w.deliveries.redeliver;
  const when = settled_at ?? next_attempt_at ?? null;
  const said = error ?? (response_status == null ? null : `${w.deliveries.answer}: ${response_status}`);
  return (
    <li class="stack">
      <div class="row wide">
        <span class={`badge ${tones[status] ?? "calm"}`}>{wordFor(w.deliveries.states, status)}</span>
        {link === null ? (
          <span class="grow gist">{name}</span>
        ) : (
          <a class="grow gist" href={link}>
            {name}
          </a>
        )}
        {attempts > 0 && (
          <span class="dim small">
            {fill(attempts === 1 ? w.deliveries.attempt : w.deliveries.attempts, { count: attempts })}
          </span>
        )}
        {when !== null && (
          <time class="dim small" title={dateTime(when)}>
            {ago(when)}
          </time>
        )}
      </div>
      {(reason ?? said) != null && <p class="dim small">{[said, reason].filter((each) => each != null).join(" · ")}</p>}
      {again && !moving && status !== "blocked" && (
        <div class="row">
          <ActButton act={handOver} label={`${says}: ${name}`}>
            {says}
          </ActButton>
          {told !== null && (
            <span class="dim small" role="status" lang="en">
              {told}
            </span>
          )}
        </div>
      )}
    </li>
  );
}
