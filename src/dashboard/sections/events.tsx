import { useEffect, useMemo, useState } from "preact/hooks";
import { get } from "../api.ts";
import { useCell } from "../cell.ts";
import { type LiveEvent, events, remember } from "../live.ts";
import { Button } from "../parts/button.tsx";
import { Choice, Field } from "../parts/field.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Empty } from "../parts/notice.tsx";
import { Rows } from "../parts/rows.tsx";
import { clockTime, moment } from "../time.ts";
import { fill, w } from "../words.ts";

/** What happens, as it happens; the newest on top. */
export function Events() {
  const live = useCell(events);
  const [held, setHeld] = useState<readonly LiveEvent[] | null>(null);
  const [family, setFamily] = useState("");
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<LiveEvent | null>(null);
  useEffect(() => {
    get<LiveEvent[]>("/v1/events?latest=200").then(remember, () => {});
  }, []);
  const all = held ?? live;
  const shown = useMemo(() => chosen(all, family, search.trim().toLowerCase()), [all, family, search]);
  const families = [...new Set(all.map(({ type }) => familyOf(type)))].toSorted();
  return (
    <div class="filling">
      <h1>{w.sections.events}</h1>
      <div class="toolbar">
        <Choice
          label={w.events.kind}
          value={family}
          onValue={setFamily}
          options={[["", w.events.all], ...families.map((each): [string, string] => [each, `${each}.*`])]}
        />
        <Field label={w.search} type="search" value={search} onValue={setSearch} />
        <Button onClick={() => setHeld(held ? null : live)}>{held ? w.events.go : w.events.hold}</Button>
        <span class="dim" role="status">
          {fill(w.events.count, { count: shown.length })}
        </span>
      </div>
      {shown.length === 0 ? (
        <Empty>{w.events.none}</Empty>
      ) : (
        <Rows
          label={w.sections.events}
          items={shown}
          keyOf={(event) => event.id}
          open={setOpen}
          draw={(event) => (
            <>
              <time dateTime={event.timestamp} title={moment(event.timestamp)}>
                {clockTime(event.timestamp)}
              </time>
              <span class={`badge ${tone(event.type)}`}>{event.type}</span>
              <span class="dim">{event.device ?? "–"}</span>
              <span class="gist">{gist(event)}</span>
            </>
          )}
        />
      )}
      {open && (
        <Dialog title={open.type} close={() => setOpen(null)}>
          <pre tabIndex={0}>{JSON.stringify(open, null, 2)}</pre>
        </Dialog>
      )}
    </div>
  );
}

const familyOf = (type: string): string => type.split(".")[0] ?? type;

function chosen(all: readonly LiveEvent[], family: string, search: string): LiveEvent[] {
  const found: LiveEvent[] = [];
  for (let at = all.length - 1; at >= 0; at--) {
    const event = all[at];
    if (!event || (family !== "" && familyOf(event.type) !== family)) continue;
    if (search === "" || JSON.stringify(event).toLowerCase().includes(search)) found.push(event);
  }
  return found;
}

const bad = /failed|undecryptable|disconnected|logged_out|disabled|fault/;
const good = /connected|paired|sent/;
const tone = (type: string): string => (bad.test(type) ? "bad" : good.test(type) ? "good" : "calm");

/** What an event says, in a line. */
function gist({ data }: LiveEvent): string {
  const content = data["content"] as { text?: string; caption?: string; kind?: string } | undefined;
  const said = content?.text ?? content?.caption ?? content?.kind;
  const whose = data["push_name"] ?? data["chat"] ?? data["phone_number"] ?? data["jid"];
  const what = said ?? data["emoji"] ?? data["status"] ?? data["reason"] ?? data["error"] ?? data["message"];
  return [whose, what].filter((part) => typeof part === "string" && part !== "").join(": ");
}
