import { useState } from "preact/hooks";
import type { ApiAnswer } from "../base/api.ts";
import { useCell } from "../base/cell.ts";
import { useChanges } from "../base/changes.ts";
import { useData } from "../base/data.ts";
import { fleet } from "../base/fleet.ts";
import { useOlder } from "../base/older.ts";
import { language } from "../base/prefs.ts";
import type { Schemas } from "../base/schemas.ts";
import { dateTime } from "../base/time.ts";
import { Button } from "../components/button.tsx";
import { Choice, TextField } from "../components/field.tsx";
import { Head } from "../components/head.tsx";
import { Empty, ErrorNotice, Loading } from "../components/notice.tsx";
import { DataTable } from "../components/table.tsx";
import { acts } from "../words/acts.ts";
import { fill, w } from "../words/words.ts";

type Entry = Schemas["AuditEntry"];
type Key = Schemas["Key"];

const size = 100;
const idOf = ({ id }: Entry): string => id;
const nextOf = ({ data }: ApiAnswer<Entry[]>) => data.at(-1)?.id;

const nobody = { tenant: "", actor: "", action: "", subject: "", since: "", until: "" };
type Asked = typeof nobody;

/** Who did what, newest first. */
export function AuditPage() {
  const [asked, setAsked] = useState(nobody);
  const path = pathOf(asked);
  const loaded = useData<Entry[]>(path);
  const { data, error, reload } = loaded;
  const { older, more, error: olderTrouble } = useOlder(path, loaded, { by: "before", nextOf, size, idOf });
  useChanges("followed", reload);
  return (
    <>
      <Head title={w.audit.title} lead={w.audit.lead}>
        <Button icon="refresh" label={w.reload} onClick={reload} />
      </Head>
      <Filters asked={asked} onAsked={setAsked} />
      {error && <ErrorNotice error={error} retry={reload} />}
      {!data && !error && <Loading />}
      {data?.length === 0 && <Empty icon="docs">{w.nothingFound}</Empty>}
      {data && data.length > 0 && (
        <section aria-labelledby="entries">
          <h2 id="entries" class="hidden">
            {w.audit.title}
          </h2>
          <DataTable
            labelledby="entries"
            titles={[w.audit.when, w.audit.who, w.audit.what, w.audit.about, w.tenant, w.audit.from]}
          >
            {[...data, ...older].map((entry) => (
              <Row key={entry.id} entry={entry} />
            ))}
          </DataTable>
        </section>
      )}
      {olderTrouble && <ErrorNotice error={olderTrouble} />}
      {more && (
        <div class="row">
          <Button onClick={more}>{w.more}</Button>
        </div>
      )}
    </>
  );
}

function pathOf({ since, until, ...rest }: Asked): string {
  const query = new URLSearchParams({ limit: String(size) });
  for (const [name, value] of Object.entries(rest)) if (value !== "") query.set(name, value);
  for (const [name, value] of Object.entries({ since, until }))
    if (value !== "") query.set(name, String(Math.floor(new Date(value).getTime() / 1_000)));
  return `/v1/admin/audit?${query}`;
}

/** Who did it when they came without a key that is kept. */
const others = ["API_KEY", "command line", "unknown"];

function Filters({ asked, onAsked }: { asked: Asked; onAsked: (asked: Asked) => void }) {
  const { data: keys = [] } = useData<Key[]>("/v1/admin/keys");
  const devices = useCell(fleet)?.devices ?? [];
  const tenants = [...new Set(devices.map(({ tenant }) => tenant))].toSorted();
  const ids = [...new Set(devices.filter(isOf(asked.tenant)).map(({ device_id }) => device_id))].toSorted();
  const set = (field: keyof Asked) => (value: string) => onAsked({ ...asked, [field]: value });
  const any: [string, string] = ["", w.events.all];
  const named = (all: readonly string[]): [string, string][] => [
    any,
    ...all.map((each): [string, string] => [each, each]),
  ];
  return (
    <div class="toolbar">
      <Choice
        label={w.audit.who}
        value={asked.actor}
        onValue={set("actor")}
        options={[
          any,
          ...keys.map((key): [string, string] => [
            key.id,
            key.prefix === null ? key.name : `${key.name} (${key.prefix}…)`,
          ]),
          ...others.map((each): [string, string] => [each, actorOf({ actor: each, actor_name: null })]),
        ]}
      />
      <Choice label={w.audit.what} value={asked.action} onValue={set("action")} options={[any, ...actions()]} />
      <Choice label={w.chats.device} value={asked.subject} onValue={set("subject")} options={named(ids)} />
      {tenants.length > 1 && (
        <Choice label={w.tenant} value={asked.tenant} onValue={set("tenant")} options={named(tenants)} />
      )}
      <TextField label={w.audit.since} type="datetime-local" value={asked.since} onValue={set("since")} />
      <TextField label={w.audit.until} type="datetime-local" value={asked.until} onValue={set("until")} />
    </div>
  );
}

const isOf =
  (tenant: string) =>
  (device: { tenant: string }): boolean =>
    tenant === "" || device.tenant === tenant;

/** Families of acts, then each act. */
function actions(): [string, string][] {
  const known = Object.entries(acts[language.value]).toSorted(([, a], [, b]) => a.localeCompare(b, language.value));
  const families = Object.entries(w.audit.families).map(([family, name]): [string, string] => [`${family}.*`, name]);
  return [["*.refused", w.audit.refused], ...families, ...known];
}

function Row({ entry }: { entry: Entry }) {
  const { timestamp, last_timestamp, actor, action, subject, subject_name, tenant, address, count } = entry;
  const names: Record<string, string> = acts[language.value];
  // A wrong key is an act of its own: `key.refused`.
  const isRefused = !Object.hasOwn(names, action) && action.endsWith(".refused");
  const done = isRefused ? action.replace(/\.refused$/, "") : action;
  return (
    <tr>
      <td>
        <time dateTime={timestamp}>{dateTime(timestamp)}</time>
      </td>
      <td title={actor}>{actorOf(entry)}</td>
      <td title={action}>
        <span>
          {names[done] ?? done}{" "}
          {count > 1 && (
            <span class="tag" title={last_timestamp === null ? undefined : dateTime(last_timestamp)}>
              {fill(w.audit.times, { count })}
            </span>
          )}{" "}
          {isRefused && <span class="badge bad">{w.audit.refused}</span>}
        </span>
      </td>
      <td title={subject ?? undefined}>{subject_name ?? subject}</td>
      <td>{tenant}</td>
      <td class="figures">{address ?? w.audit.here}</td>
    </tr>
  );
}

/** What a key is called, a plugin, or a way in that has words of its own. */
function actorOf({ actor, actor_name }: Pick<Entry, "actor" | "actor_name">): string {
  if (actor_name !== null) return actor_name;
  if (actor.startsWith("plugin:")) return fill(w.audit.plugin, { name: actor.slice("plugin:".length) });
  return (w.audit.actors as Record<string, string>)[actor] ?? actor;
}
