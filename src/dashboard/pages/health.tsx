import { useChanges } from "../base/changes.ts";
import { useData } from "../base/data.ts";
import { Button } from "../components/button.tsx";
import { Head } from "../components/head.tsx";
import { Loading, ErrorNotice } from "../components/notice.tsx";
import { Spark } from "../components/spark.tsx";
import { bytes, count } from "../base/numbers.ts";
import { ago, lasting } from "../base/time.ts";
import { w, wordFor } from "../words/words.ts";
import type { Schemas } from "../base/schemas.ts";

type Report = Schemas["ProcessHealth"];

type Figure = Schemas["FigurePoint"];

/** How the process does, looked at anew when something happens; its curves are those the server kept. */
export function HealthPage() {
  const { data, error, reload } = useData<Report>("/v1/admin/health");
  const figures = useData<Figure[]>("/v1/admin/figures?resolution=minute");
  const again = (): void => (reload(), figures.reload());
  useChanges("followed", reload);
  useChanges("counted", again);
  return (
    <>
      <Head title={w.sections.health} lead={w.health.lead}>
        <Button icon="refresh" label={w.reload} onClick={again} />
      </Head>
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
                  <Spark values={(figures.data ?? []).map((point) => point[curve])} />
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
  /** What its curve shows, by the minute of the last day. */
  curve?: keyof Figure;
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
      curve: "messages_waiting",
    },
    {
      name: words.deliveries,
      value: count(report.deliveries_owed),
      note: oldest === null ? words.nothingDue : `${words.oldest} ${ago(oldest)}`,
      curve: "deliveries_pending",
    },
    {
      name: words.lag,
      value: `${report.lag.worst} ms`,
      note: words.lagNote,
      curve: "loop_lag_ms",
    },
    { name: words.memory, value: bytes(report.memory), curve: "memory_bytes" },
    { name: words.database, value: bytes(report.database_bytes), curve: "database_bytes" },
    { name: words.files, value: bytes(report.media_bytes) },
    { name: words.diskFree, value: bytes(report.disk_free_bytes), curve: "disk_free_bytes" },
    { name: words.version, value: report.version, note: `Bun ${report.bun} · ${report.platform}` },
  ];
}
