import { useEffect, useRef } from "preact/hooks";
import { useData } from "../base/data.ts";
import { Head } from "../components/head.tsx";
import { Loading, ErrorNotice } from "../components/notice.tsx";
import { Spark } from "../components/spark.tsx";
import { language } from "../base/prefs.ts";
import { ago, lasting } from "../base/time.ts";
import { w, wordFor } from "../words/words.ts";
import type { Schemas } from "../base/schemas.ts";

type Report = Schemas["ProcessHealth"];

const everyMs = 5_000;
/** How many looks a curve shows: ten minutes. */
const looks = 120;

/** How the process does, looked at every few seconds. */
export function HealthPage() {
  const { data, error, reload } = useData<Report>("/v1/admin/health");
  const seen = useRef<Report[]>([]);
  useEffect(() => {
    const timer = setInterval(reload, everyMs);
    return () => clearInterval(timer);
  }, [reload]);
  if (data && seen.current.at(-1) !== data) seen.current = [...seen.current, data].slice(-looks);
  return (
    <>
      <Head title={w.sections.health} lead={w.health.lead} />
      {error && <ErrorNotice error={error} retry={reload} />}
      {!data && !error && <Loading />}
      {data && (
        <dl class="tiles">
          {tiles(data).map(({ name, value, note, curve }) => (
            <div key={name} class="card tile">
              <dt>{name}</dt>
              <dd>{value}</dd>
              {note && <dd class="dim small">{note}</dd>}
              {curve && (
                <dd class="small">
                  <Spark values={seen.current.map(curve)} />
                </dd>
              )}
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

interface Tile {
  name: string;
  value: string;
  note?: string;
  /** What of each report its curve shows. */
  curve?: (report: Report) => number;
}

function tiles(report: Report): Tile[] {
  const { health: words } = w;
  const devices = Object.entries(report.devices);
  const oldest = report.oldest_delivery_due_at;
  return [
    { name: words.uptime, value: lasting(report.uptime / 1_000) },
    {
      name: words.devices,
      value: count(devices.reduce((sum, [, number]) => sum + number, 0)),
      note: devices.map(([phase, number]) => `${number} ${wordFor(w.phases, phase)}`).join(", "),
    },
    {
      name: words.messages,
      value: count(report.messages_waiting),
      note: words.messagesNote,
      curve: ({ messages_waiting }) => messages_waiting,
    },
    {
      name: words.deliveries,
      value: count(report.deliveries_owed),
      note: oldest === null ? words.nothingDue : `${words.oldest} ${ago(oldest)}`,
      curve: ({ deliveries_owed }) => deliveries_owed,
    },
    {
      name: words.lag,
      value: `${report.lag.worst} ms`,
      note: words.lagNote,
      curve: ({ lag }) => lag.worst,
    },
    { name: words.memory, value: bytes(report.memory), curve: ({ memory }) => memory },
    { name: words.database, value: bytes(report.database_bytes) },
    { name: words.files, value: bytes(report.media_bytes) },
    { name: words.diskFree, value: bytes(report.disk_free_bytes), curve: ({ disk_free_bytes }) => disk_free_bytes },
    { name: words.version, value: report.version, note: `Bun ${report.bun} · ${report.platform}` },
  ];
}

const count = (number: number): string => number.toLocaleString(language.value);

const bytes = (number: number): string =>
  new Intl.NumberFormat(language.value, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(
    number / 1e6,
  );
