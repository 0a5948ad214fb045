import type { ComponentChildren } from "preact";
import { useData } from "../base/data.ts";
import { useLogs } from "../base/logs.ts";
import { clockTime, dateTime } from "../base/time.ts";
import type { Schemas } from "../base/schemas.ts";
import { pluginWords } from "../words/plugins.ts";
import { fill, wordFor } from "../words/words.ts";
import { DialogButton } from "./dialog.tsx";
import { ErrorNotice, Loading } from "./notice.tsx";
import { pluginPath } from "./plugin-path.ts";
import { DataTable } from "./table.tsx";

type Facts = Pick<
  Schemas["PluginDetails"],
  "name" | "commands" | "routes" | "schedules" | "hears" | "stored" | "faults"
>;

/** How many entries, and lines of the log, are shown. */
const most = { entries: 100, lines: 50 };

/** What a plugin registered, did wrong, keeps and logged. */
export function FactsOfPlugin({ plugin }: { plugin: Facts }) {
  return (
    <>
      <Commands commands={plugin.commands} />
      <div class="pair">
        <Registered plugin={plugin} />
        <Faults faults={plugin.faults} />
      </div>
      <PluginLog name={plugin.name} />
    </>
  );
}

function Commands({ commands }: Pick<Facts, "commands">) {
  const p = pluginWords();
  return (
    <section class="stack" aria-labelledby="commands">
      <h2 id="commands">{p.commands}</h2>
      {commands.length === 0 ? (
        <p class="dim">{p.noCommands}</p>
      ) : (
        <DataTable labelledby="commands" titles={[p.command, p.does]}>
          {commands.map(({ name, usage, description }) => (
            <tr key={name}>
              <td>
                <code>
                  !{name} {usage}
                </code>
              </td>
              <td>{description}</td>
            </tr>
          ))}
        </DataTable>
      )}
    </section>
  );
}

const Fact = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <div class="stack tight">
    <h3>{title}</h3>
    {children}
  </div>
);

function Registered({ plugin: { name, routes, schedules, hears, stored } }: { plugin: Facts }) {
  const p = pluginWords();
  return (
    <section class="card stack" aria-label={p.data}>
      {hears.length > 0 && (
        <Fact title={p.hears}>
          <p>{hears.join(", ")}</p>
        </Fact>
      )}
      {routes.length > 0 && (
        <Fact title={p.routes}>
          {routes.map(({ method, path }) => (
            <code key={`${method} ${path}`}>{`${method} /plugins/${name}${path}`}</code>
          ))}
        </Fact>
      )}
      {schedules.length > 0 && (
        <Fact title={p.schedules}>
          {schedules.map(({ cron, zone, next }) => (
            <p key={`${cron} ${zone}`}>
              <code>{cron}</code> <span class="dim">{zone}</span>{" "}
              {next !== null && fill(p.next, { when: dateTime(next) })}
            </p>
          ))}
        </Fact>
      )}
      <Fact title={p.data}>
        <div class="row spread">
          <span>{stored === 0 ? p.noData : fill(p.stored, { count: stored })}</span>
          {stored > 0 && (
            <DialogButton says={p.showData} title={fill(p.dataOf, { name })} wide>
              {() => <Entries name={name} />}
            </DialogButton>
          )}
        </div>
      </Fact>
    </section>
  );
}

function Entries({ name }: { name: string }) {
  const p = pluginWords();
  const { data, error, reload } = useData<Schemas["PluginEntry"][]>(
    `${pluginPath(name)}/entries?limit=${most.entries}`,
  );
  if (error) return <ErrorNotice error={error} retry={reload} />;
  if (!data) return <Loading />;
  return (
    <>
      <p id="entries" class="dim">
        {data.length < most.entries
          ? fill(p.stored, { count: data.length })
          : fill(p.firstEntries, { count: most.entries })}
      </p>
      <DataTable labelledby="entries" titles={[p.key, p.value]}>
        {data.map(({ key, text }) => (
          <tr key={key}>
            <td>
              <code>{key}</code>
            </td>
            <td>
              <code>{text}</code>
            </td>
          </tr>
        ))}
      </DataTable>
    </>
  );
}

function Faults({ faults }: Pick<Facts, "faults">) {
  const p = pluginWords();
  return (
    <section class="card stack" aria-labelledby="faults">
      <h2 id="faults">{p.faults}</h2>
      {faults.length === 0 && <p class="dim">{p.noFaults}</p>}
      {faults.length > 0 && (
        <ul class="stack">
          {faults.map(({ at, action, reason, place }, index) => (
            <li key={`${at} ${index}`}>
              <div class="row">
                <span class="badge bad">{wordFor(p.faultActions, action)}</span>
                <time class="dim small" dateTime={at}>
                  {dateTime(at)}
                </time>
              </div>
              <p>{reason}</p>
              {place !== null && <code class="small">{place}</code>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const tones: Record<string, string> = { warn: "busy", error: "bad", debug: "calm" };

function PluginLog({ name }: { name: string }) {
  const p = pluginWords();
  const { lines, error } = useLogs(`&plugin=${encodeURIComponent(name)}`);
  const newest = lines.slice(-most.lines).toReversed();
  return (
    <section class="stack" aria-labelledby="plugin-log">
      <h2 id="plugin-log">{p.log}</h2>
      {error && <ErrorNotice error={error} />}
      {newest.length === 0 ? (
        <p class="dim">{p.noLog}</p>
      ) : (
        <ul class="list">
          {newest.map(({ id, timestamp, level, message, fields }) => (
            <li key={id} class="row">
              <time class="dim small" dateTime={timestamp} title={dateTime(timestamp)}>
                {clockTime(timestamp)}
              </time>
              <span class={`badge ${tones[level] ?? ""}`}>{level}</span>
              <span>{told(message, fields)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What a plugin says stands in a field of the line. */
function told(
  message: string,
  { plugin: _plugin, said, text, reason, place, ...more }: Record<string, unknown>,
): string {
  const words = [said, text, reason, place].filter((each) => typeof each === "string" && each !== "plugin says");
  const rest = Object.keys(more).length === 0 ? [] : [JSON.stringify(more)];
  return [...(said === undefined ? [message] : []), ...words, ...rest].join(" · ");
}
