import { useEffect, useState } from "preact/hooks";
import { get } from "../base/api.ts";
import { useCell } from "../base/cell.ts";
import { type LiveEvent, events, addEarlier } from "../base/live.ts";
import { shortOf } from "../components/conversation.ts";
import { EventDeliveries } from "../components/event-deliveries.tsx";
import { Head } from "../components/head.tsx";
import { Timeline } from "../components/timeline.tsx";
import { clockTime, dateTime } from "../base/time.ts";
import { w } from "../words/words.ts";

/** What happens, as it happens. */
export function Events() {
  const all = useCell(events);
  const [family, setFamily] = useState("");
  const [device, setDevice] = useState("");
  useEffect(() => {
    get<LiveEvent[]>("/v1/events?latest=200").then(addEarlier, () => {});
  }, []);
  const devices = [...new Set(all.flatMap((event) => event.device ?? []))].toSorted();
  const families = [...new Set(all.map(({ type }) => familyOf(type)))].toSorted();
  return (
    <div class="filling">
      <Head title={w.sections.events} lead={w.events.lead} />
      <Timeline
        label={w.sections.events}
        items={all}
        keyOf={(event) => event.id}
        titleOf={(event) => event.type}
        icon="events"
        none={w.events.none}
        choices={[
          {
            label: w.events.kind,
            value: family,
            onValue: setFamily,
            options: [["", w.events.all], ...families.map((each): [string, string] => [each, `${each}.*`])],
          },
          {
            label: w.chats.device,
            value: device,
            onValue: setDevice,
            options: [["", w.webhooks.all], ...devices.map((each): [string, string] => [each, each])],
          },
        ]}
        beside={(event) => event.seq !== null && <EventDeliveries event={event} />}
        chosen={(event) =>
          (family === "" || familyOf(event.type) === family) && (device === "" || event.device === device)
        }
        draw={(event) => (
          <>
            <time class="aside" dateTime={event.timestamp} title={dateTime(event.timestamp)}>
              {clockTime(event.timestamp)}
            </time>
            <span class={`badge ${tone(event.type)}`}>{event.type}</span>
            <span class="dim aside">{event.device ?? "–"}</span>
            <span class="gist">{gist(event)}</span>
          </>
        )}
      />
    </div>
  );
}

const familyOf = (type: string): string => type.split(".")[0] ?? type;

const bad = /failed|undecryptable|disconnected|logged_out|disabled|fault/;
const good = /connected|paired|sent/;
const tone = (type: string): string => (bad.test(type) ? "bad" : good.test(type) ? "good" : "calm");

/** What an event says, in a line. */
function gist({ data }: LiveEvent): string {
  const content = data["content"] as { text?: string; caption?: string; kind?: string } | undefined;
  const said = content?.text ?? content?.caption ?? content?.kind;
  const whose = data["push_name"] ?? data["chat"] ?? data["phone_number"] ?? data["jid"];
  const what = said ?? data["emoji"] ?? data["status"] ?? data["reason"] ?? data["error"] ?? data["message"];
  const parts = [whose, what].filter((part): part is string => typeof part === "string" && part !== "");
  return parts.map(shortOf).join(": ");
}
