import { useMemo, useState } from "preact/hooks";
import { useCell } from "../base/cell.ts";
import { useChanges } from "../base/changes.ts";
import { useData } from "../base/data.ts";
import { who } from "../base/api.ts";
import { type Fleet, fleet, fleetError, readFleet } from "../base/fleet.ts";
import { bytes, count } from "../base/numbers.ts";
import type { Schemas } from "../base/schemas.ts";
import { useNow } from "../base/time.ts";
import { Chart, type Curve } from "../components/chart.tsx";
import { Choice } from "../components/field.tsx";
import { FleetTable } from "../components/fleet.tsx";
import { Head } from "../components/head.tsx";
import { ErrorNotice, Loading } from "../components/notice.tsx";
import { troublesIn } from "../components/trouble.ts";
import { Troubles } from "../components/troubles.tsx";
import { fill, w, wordFor } from "../words/words.ts";

type Figure = Schemas["FigurePoint"];
type Health = Schemas["ProcessHealth"];

/** Every tenant at once, for whoever runs the server. */
export function OverviewPage() {
  const all = useCell(fleet);
  const error = useCell(fleetError);
  const health = useData<Health>("/v1/admin/health");
  useChanges("followed", health.reload);
  const now = useNow(10_000) / 1_000;
  const home = useCell(who)?.tenant ?? "default";
  const reload = (): void => void readFleet();
  return (
    <>
      <Head title={w.sections.overview} lead={w.overview.lead} />
      {error && <ErrorNotice error={error} retry={reload} />}
      {!all && !error && <Loading />}
      {all && (
        <>
          <Troubles troubles={troublesIn(all, now)} home={home} reload={reload} />
          <Tiles fleet={all} health={health.data} />
          <Figures />
          <FleetTable devices={all.devices} home={home} />
        </>
      )}
    </>
  );
}

function Tiles({ fleet: { devices, webhooks }, health }: { fleet: Fleet; health: Health | undefined }) {
  const phases = Map.groupBy(devices, ({ phase }) => phase);
  const states = [...phases].map(([phase, { length }]) => `${count(length)} ${wordFor(w.phases, phase)}`).join(", ");
  const failing = webhooks.filter(({ failing_since, status }) => failing_since !== null || status === "disabled");
  const tiles: [name: string, value: string, note?: string][] = [
    [w.overview.devices, count(devices.length), states],
    [w.overview.webhooks, count(webhooks.length), fill(w.overview.webhooksNote, { failing: count(failing.length) })],
  ];
  if (health) {
    tiles.push([w.overview.waiting, count(health.messages_waiting)]);
    tiles.push([w.overview.pending, count(health.deliveries_owed)]);
    tiles.push([
      w.overview.disk,
      bytes(health.disk_free_bytes),
      `${w.overview.database}: ${bytes(health.database_bytes)}`,
    ]);
  }
  return (
    <dl class="tiles">
      {tiles.map(([name, value, note]) => (
        <div key={name} class="card tile">
          <dt>{name}</dt>
          <dd>{value}</dd>
          {note !== undefined && <dd class="dim small">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** How much is kept of each, seconds. */
const spans = { minute: 86_400, hour: 31 * 86_400 } as const;

function Figures() {
  const [resolution, setResolution] = useState<keyof typeof spans>("minute");
  const { data, error, reload } = useData<Figure[]>(`/v1/admin/figures?resolution=${resolution}`);
  useChanges("counted", reload);
  const charts = useMemo(() => (data ? chartsOf(data) : []), [data]);
  return (
    <section aria-label={w.overview.span} class="stack">
      <div class="row">
        <Choice
          label={w.overview.span}
          value={resolution}
          onValue={(chosen) => setResolution(chosen === "hour" ? "hour" : "minute")}
          options={[
            ["minute", w.overview.day],
            ["hour", w.overview.month],
          ]}
        />
      </div>
      {error && <ErrorNotice error={error} retry={reload} />}
      {data?.length === 0 && <p class="dim">{w.overview.noFigures}</p>}
      <div class="charts">
        {charts.map(({ title, times, curves }) => (
          <Chart key={title} title={title} times={times} span={spans[resolution]} curves={curves} />
        ))}
      </div>
    </section>
  );
}

function chartsOf(points: readonly Figure[]): { title: string; times: number[]; curves: Curve[] }[] {
  if (points.length === 0) return [];
  const times = points.map(({ at }) => at);
  const summed = (name: string, tone: Curve["tone"], of: (point: Figure) => number): Curve => {
    const values = points.map(of);
    return { name, tone, values, total: count(values.reduce((sum, each) => sum + each, 0)) };
  };
  const attempts = points.reduce((sum, each) => sum + each.webhook_deliveries, 0);
  const spent = points.reduce((sum, each) => sum + each.webhook_ms, 0);
  const latency: Curve = {
    name: w.overview.latencyLine,
    tone: "accent",
    values: points.map(({ webhook_ms, webhook_deliveries }) => webhook_ms / Math.max(1, webhook_deliveries)),
    total: attempts === 0 ? "–" : count(Math.round(spent / attempts)),
  };
  const free: Curve = {
    name: w.overview.diskLine,
    tone: "accent",
    values: points.map(({ disk_free_bytes }) => disk_free_bytes / 1e9),
    total: bytes(points.at(-1)?.disk_free_bytes ?? 0),
  };
  return [
    {
      title: w.overview.messages,
      times,
      curves: [
        summed(w.overview.received, "accent", ({ messages_received }) => messages_received),
        summed(w.overview.sent, "good", ({ messages_sent }) => messages_sent),
        summed(w.overview.failed, "bad", ({ messages_failed }) => messages_failed),
      ],
    },
    {
      title: w.overview.deliveries,
      times,
      curves: [
        summed(w.overview.delivered, "accent", ({ webhook_deliveries }) => webhook_deliveries),
        summed(w.overview.refused, "bad", ({ webhook_failures }) => webhook_failures),
      ],
    },
    { title: w.overview.latency, times, curves: [latency] },
    { title: w.overview.disk, times, curves: [free] },
  ];
}
