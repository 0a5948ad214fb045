import { useData } from "../data.ts";
import { linkTo } from "../router.ts";
import { w, wordFor } from "../words.ts";
import { Notice } from "./notice.tsx";

interface Fate {
  webhook_id: string;
  /** Null of a webhook that was removed. */
  url: string | null;
  status: string;
  reason: string | null;
}

/** What became of an event at each webhook, and why. */
export function Fates({ event }: { event: string }) {
  const { data, trouble } = useData<Fate[]>(`/v1/events/${event}/deliveries`);
  if (trouble) return <Notice trouble={trouble} />;
  if (!data || data.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="fates">
      <h3 id="fates">{w.sections.webhooks}</h3>
      <ul class="stack">
        {data.map(({ webhook_id, url, status, reason }) => (
          <li key={webhook_id}>
            <div class="row">
              <span class={`badge ${status === "delivered" ? "good" : status === "dead" ? "bad" : "calm"}`}>
                {wordFor(w.deliveries.states, status)}
              </span>
              <a href={linkTo("webhooks", webhook_id)}>{url ?? webhook_id}</a>
            </div>
            {reason && <p class="dim small">{reason}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
