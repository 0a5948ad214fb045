import { type GaugeReading, healthOf } from "../core/metrics/gauges.ts";
import type { Meter, Series } from "../core/metrics/meter.ts";
import { phases } from "../core/model/phase.ts";

export interface Exposed {
  meter: Meter;
  gauges: GaugeReading;
  /** With a series for each device. */
  perDevice: boolean;
  version: string;
  /** Seconds that the event loop was late at worst since the last scrape. */
  worstLag: number;
  openIncidents: ReadonlyMap<string, number>;
}

/** The text format of Prometheus, version 0.0.4. */
export function exposition(exposed: Exposed): string {
  return [...counted(exposed.meter), ...gauged(exposed), ...ofProcess(exposed), ""].join("\n");
}

function* counted(meter: Meter): Generator<string> {
  for (const { name, family, series } of meter.read()) {
    yield* head(name, family.type, family.help);
    for (const each of series)
      if (family.type === "counter") yield line(name, family.labels, each.labels, each.value);
      else yield* histogram(name, family.labels, family.buckets ?? [], each);
  }
}

function* histogram(name: string, labels: readonly string[], bounds: readonly number[], series: Series) {
  let sum = 0;
  for (const [place, bound] of bounds.entries()) {
    sum += series.buckets[place] ?? 0;
    yield line(`${name}_bucket`, [...labels, "le"], [...series.labels, String(bound)], sum);
  }
  yield line(`${name}_bucket`, [...labels, "le"], [...series.labels, "+Inf"], series.count);
  yield line(`${name}_sum`, labels, series.labels, series.value);
  yield line(`${name}_count`, labels, series.labels, series.count);
}

function* gauged({ gauges, perDevice, openIncidents }: Exposed): Generator<string> {
  const { devices, webhooks } = gauges;
  yield* head("merpati_devices", "gauge", "Devices, by the phase that they are in.");
  for (const phase of phases)
    yield line("merpati_devices", ["phase"], [phase], devices.filter((each) => each.phase === phase).length);
  if (perDevice) {
    yield* head("merpati_device_connected", "gauge", "1 while the device is connected to WhatsApp.");
    for (const { tenant, id, phase } of devices)
      yield line("merpati_device_connected", ["tenant", "device"], [tenant, id], phase === "connected" ? 1 : 0);
  }
  const wanted = devices.filter(({ isWanted }) => isWanted);
  const down = wanted.filter(({ phase }) => phase !== "connected").length;
  yield* single("merpati_devices_wanted", "Linked devices that are meant to be connected.", wanted.length);
  yield* single("merpati_devices_down", "Linked devices that are meant to be connected and are not.", down);
  yield* head("merpati_webhooks", "gauge", "Webhooks, by how they do.");
  for (const state of ["ok", "failing", "disabled"])
    yield line("merpati_webhooks", ["state"], [state], webhooks.filter((each) => healthOf(each) === state).length);
  yield* head("merpati_incidents_open", "gauge", "Incidents that go on, by the rule that noticed them.");
  for (const [rule, count] of openIncidents) yield line("merpati_incidents_open", ["rule"], [rule], count);
  yield* single("merpati_plugins_disabled", "Plugins that were disabled after faults.", gauges.pluginsDisabled.length);
  yield* single("merpati_messages_waiting", "Messages that are to be sent.", gauges.messagesWaiting);
  yield* single(
    "merpati_deliveries_pending",
    "Events that webhooks and plugins have not taken.",
    gauges.deliveriesPending,
  );
  const oldest = gauges.oldestDeliveryMs / 1_000;
  yield* single(
    "merpati_oldest_delivery_seconds",
    "How long the oldest delivery that may go out has been due.",
    oldest,
  );
  yield* single("merpati_database_bytes", "The database.", gauges.databaseBytes);
  yield* single("merpati_disk_free_bytes", "Free space where the data folder is.", gauges.diskFreeBytes);
  yield* single("merpati_disk_size_bytes", "The disk that the data folder is on.", gauges.diskSizeBytes);
  yield* single(
    "merpati_unknown_names",
    "Things of WhatsApp's protocol that came and are not known.",
    gauges.unknownNames.length,
  );
  yield* head("merpati_log_lines_lost_total", "counter", "Lines of the log that could not be written.");
  yield line("merpati_log_lines_lost_total", [], [], gauges.logLinesLost);
}

function* ofProcess({ version, worstLag, gauges }: Exposed): Generator<string> {
  yield* head("merpati_build_info", "gauge", "The version that runs; always 1.");
  yield line("merpati_build_info", ["version", "bun"], [version, Bun.version], 1);
  yield* single(
    "merpati_event_loop_lag_seconds",
    "How late the event loop was at worst since the last scrape.",
    worstLag,
  );
  const { user, system } = process.cpuUsage();
  yield* head("process_cpu_seconds_total", "counter", "CPU time of the process.");
  yield line("process_cpu_seconds_total", [], [], (user + system) / 1e6);
  yield* single("process_resident_memory_bytes", "Memory of the process.", gauges.memoryBytes);
  yield* single(
    "process_start_time_seconds",
    "When the process started, Unix seconds.",
    Date.now() / 1000 - process.uptime(),
  );
}

function* single(name: string, help: string, value: number): Generator<string> {
  yield* head(name, "gauge", help);
  yield line(name, [], [], value);
}

function* head(name: string, type: string, help: string): Generator<string> {
  yield `# HELP ${name} ${help}`;
  yield `# TYPE ${name} ${type}`;
}

function line(name: string, labels: readonly string[], values: readonly string[], value: number): string {
  const pairs = labels.map((label, place) => `${label}="${escaped(values[place] ?? "")}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
