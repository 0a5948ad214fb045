import { useState } from "preact/hooks";
import { type LogLineJson, useLogs } from "../base/logs.ts";
import { Head } from "../components/head.tsx";
import { ErrorNotice } from "../components/notice.tsx";
import { Timeline } from "../components/timeline.tsx";
import { clockTime, dateTime } from "../base/time.ts";
import { w, wordFor } from "../words/words.ts";

const levels = ["debug", "info", "warn", "error"];
const tones: Record<string, string> = { warn: "busy", error: "bad", debug: "calm" };

/** The process's own log: what is kept of it, and what comes. */
export function Logs() {
  const { lines, error } = useLogs();
  const [least, setLeast] = useState("debug");
  return (
    <div class="filling">
      <Head title={w.sections.logs} lead={w.logs.lead} />
      {error && <ErrorNotice error={error} />}
      <Timeline
        label={w.sections.logs}
        items={lines}
        keyOf={(line) => line.id}
        titleOf={(line) => line.message}
        icon="logs"
        none={w.logs.none}
        kind="logs"
        choices={[
          {
            label: w.logs.level,
            value: least,
            onValue: setLeast,
            options: levels.map((level) => [level, wordFor(w.logs.levels, level)]),
          },
        ]}
        chosen={({ level }) => levels.indexOf(level) >= levels.indexOf(least)}
        draw={(line) => (
          <>
            <time class="aside" dateTime={line.timestamp} title={dateTime(line.timestamp)}>
              {clockTime(line.timestamp)}
            </time>
            <span class={`badge ${tones[line.level] ?? ""}`}>{line.level}</span>
            <span class="gist">{line.message}</span>
            <span class="dim aside">{gist(line)}</span>
          </>
        )}
      />
    </div>
  );
}

/** Its fields in a line. */
function gist({ fields: { err, ...fields } }: LogLineJson): string {
  const error = (err as { message?: string } | undefined)?.message;
  const parts = Object.entries(fields)
    .filter(([name]) => name !== "request")
    .map(([name, value]) =>
      typeof value === "object" && value !== null ? `${name} ${JSON.stringify(value)}` : `${name} ${String(value)}`,
    );
  return [...parts, ...(error === undefined ? [] : [error])].join(" · ");
}
