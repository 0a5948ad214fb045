import { useEffect } from "preact/hooks";
import { useData } from "../data.ts";
import { Loading, Notice } from "../parts/notice.tsx";
import { language } from "../prefs.ts";
import { ago, lasting } from "../time.ts";
import { w, wordFor } from "../words.ts";

interface Report {
  version: string;
  bun: string;
  platform: string;
  uptime: number;
  memory: number;
  lag: { mean: number; worst: number };
  devices: Record<string, number>;
  messages_waiting: number;
  deliveries_owed: number;
  oldest_delivery_due_at: number | null;
  database_bytes: number;
}

const everyMs = 5_000;

/** How the process does, looked at every few seconds. */
export function Health() {
  const { data, trouble, reload } = useData<Report>("/v1/admin/health");
  useEffect(() => {
    const timer = setInterval(reload, everyMs);
    return () => clearInterval(timer);
  }, [reload]);
  return (
    <>
      <h1>{w.sections.health}</h1>
      {trouble && <Notice trouble={trouble} retry={reload} />}
      {!data && !trouble && <Loading />}
      {data && (
        <dl class="tiles">
          {tiles(data).map(([name, value, note]) => (
            <div key={name} class="card tile">
              <dt>{name}</dt>
              <dd>{value}</dd>
              {note !== "" && <dd class="dim small">{note}</dd>}
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function tiles(report: Report): [name: string, value: string, note: string][] {
  const { health: words } = w;
  const devices = Object.entries(report.devices);
  const oldest = report.oldest_delivery_due_at;
  return [
    [words.uptime, lasting(report.uptime / 1_000), ""],
    [
      words.devices,
      count(devices.reduce((sum, [, number]) => sum + number, 0)),
      devices.map(([phase, number]) => `${number} ${wordFor(w.phases, phase)}`).join(", "),
    ],
    [words.messages, count(report.messages_waiting), words.messagesNote],
    [
      words.deliveries,
      count(report.deliveries_owed),
      oldest === null ? words.nothingDue : `${words.oldest} ${ago(oldest)}`,
    ],
    [words.lag, `${report.lag.worst} ms`, words.lagNote],
    [words.memory, bytes(report.memory), ""],
    [words.database, bytes(report.database_bytes), ""],
    [words.version, report.version, `Bun ${report.bun} · ${report.platform}`],
  ];
}

const count = (number: number): string => number.toLocaleString(language.value);

const bytes = (number: number): string =>
  new Intl.NumberFormat(language.value, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(
    number / 1e6,
  );
