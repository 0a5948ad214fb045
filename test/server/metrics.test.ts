import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { FigureLog } from "../../src/core/metrics/figure-log.ts";
import type { GaugeReading } from "../../src/core/metrics/gauges.ts";
import { Meter } from "../../src/core/metrics/meter.ts";
import { TraceContexts } from "../../src/core/metrics/trace-contexts.ts";
import { exposition } from "../../src/server/exposition.ts";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import type { Received } from "../receiver.ts";
import { HandClock } from "../clock.ts";
import { adminKey, startBot } from "../harness.ts";

const metricsKey = "a-key-for-prometheus-only";

/** Values by name and labels. */
function parsed(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

test("/metrics counts what happened and says how the bot is, without a number or an id", async () => {
  await using bot = await startBot({ env: { METRICS_KEY: metricsKey } });
  await bot.link();
  const { id } = await bot.contact().says("hello", { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === id);
  await bot.receiver.next("message.received");
  const response = await fetch(`${bot.url}/metrics`);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  const values = parsed(text);
  expect(values.get('merpati_messages_total{result="received"}')).toBe(1);
  expect(values.get('merpati_devices{phase="connected"}')).toBe(1);
  expect(values.get("merpati_devices_down")).toBe(0);
  expect(values.get('merpati_delivery_attempts_total{target="webhook",result="ok"}')).toBeGreaterThan(1);
  expect(values.get('merpati_webhooks{state="ok"}')).toBe(1);
  expect(values.get("merpati_disk_free_bytes")).toBeGreaterThan(0);
  expect([bot.phone.number, bot.contact().number, "default"].filter((each) => text.includes(each))).toEqual([]);
  const perDevice = parsed(await (await fetch(`${bot.url}/metrics?devices=1`)).text());
  expect(perDevice.get('merpati_device_connected{tenant="default",device="default"}')).toBe(1);
}, 20_000);

test("/metrics is for this machine, for METRICS_KEY and for admin keys", async () => {
  await using bot = await startBot({ env: { METRICS_KEY: metricsKey } });
  const status = async (headers: Record<string, string>) => (await fetch(`${bot.url}/metrics`, { headers })).status;
  const { key: tenantKey } = await bot.app
    .administer(bot.workspace.principal)
    .createKey({ tenant: "default", name: "x", scopes: ["read"], devices: null, expiresAt: null });
  expect(await status({})).toBe(200);
  // Somebody else's request, by a proxy on this machine.
  expect(await status({ "x-forwarded-for": "203.0.113.7" })).toBe(401);
  expect(await status({ "x-forwarded-for": "203.0.113.7", authorization: `Bearer ${metricsKey}` })).toBe(200);
  expect(await status({ "x-api-key": adminKey })).toBe(200);
  expect(await status({ "x-api-key": tenantKey })).toBe(403);
  expect(await status({ "x-api-key": "nobody's" })).toBe(401);
  const api = await fetch(`${bot.url}/v1/devices`, { headers: { "x-api-key": metricsKey } });
  expect(api.status).toBe(401);
}, 20_000);

test("a traceparent goes from the call to the webhooks about its message, as a span of its own", async () => {
  await using bot = await startBot();
  await bot.link();
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const send = (traceparent: string) =>
    fetch(`${bot.url}/v1/devices/default/messages`, {
      method: "POST",
      headers: { "x-api-key": adminKey, "content-type": "application/json", traceparent },
      body: JSON.stringify({ to: bot.contact().number, text: "traced" }),
    });
  const sent = async (header: string) => {
    const { data } = (await (await send(header)).json()) as { data: { message_id: string } };
    await bot.receiver.next("message.sent", (event) => event.data.message_id === data.message_id);
    const isOurs = ({ event }: Received) =>
      event.type === "message.sent" && (event as BotEvent<"message.sent">).data.message_id === data.message_id;
    return bot.receiver.all.find(isOurs)?.headers ?? {};
  };
  const headers = await sent(`00-${trace}-00f067aa0ba902b7-01`);
  expect(headers["traceparent"]).toMatch(new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
  expect((await sent("00-nonsense"))["traceparent"]).toBeUndefined();
}, 20_000);

test("only the newest traces are remembered", () => {
  const contexts = new TraceContexts(() => "b7ad6b7169203331");
  const header = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00";
  for (let id = 0; id <= 10_000; id++) contexts.note(String(id), header);
  const of = (message_id: string) => contexts.of({ data: { message_id } } as Parameters<TraceContexts["of"]>[0]);
  expect([of("0"), of("1")]).toEqual([null, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"]);
  for (const bad of ["", "00-0-0-0", `00-${"0".repeat(32)}-00f067aa0ba902b7-00`, `01${header.slice(2)}`])
    expect([bad, TraceContexts.isValid(bad)]).toEqual([bad, false]);
});

const quiet: GaugeReading = {
  devices: [],
  webhooks: [],
  pluginsDisabled: [],
  messagesWaiting: 0,
  deliveriesPending: 0,
  oldestDeliveryMs: 0,
  databaseBytes: 0,
  diskFreeBytes: 0,
  diskSizeBytes: 0,
  memoryBytes: 0,
  logLinesLost: 0,
  storeTrouble: null,
  backupTrouble: null,
  unknownNames: [],
};

test("figures are kept by minute and by hour, over a restart", async () => {
  const clock = new HandClock(Date.UTC(2026, 11, 1, 10, 58));
  const meter = new Meter();
  let text: string | null = null;
  const note = { read: async () => text, write: async (written: string) => void (text = written) };
  const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
  let waiting = 0;
  const ports = {
    meter,
    gauges: async () => ({ ...quiet, messagesWaiting: waiting }),
    worstLag: () => waiting,
    note,
    clock,
    log,
  };
  const first = await FigureLog.load(ports);
  const minutes = async (figures: FigureLog, count: number) => {
    for (let passed = 0; passed < count; passed++) {
      clock.wind(60_000);
      await figures.sample();
    }
  };
  meter.count("merpati_messages_total", ["received"], 3);
  waiting = 7;
  await minutes(first, 1);
  meter.count("merpati_messages_total", ["received"], 2);
  waiting = 1;
  await minutes(first, 3);
  await first.stop();
  const second = await FigureLog.load({ ...ports, meter: new Meter() });
  await minutes(second, 1);
  const all = second.since("minute", 0);
  expect(all.map(({ figures }) => figures.messages_received)).toEqual([3, 2, 0, 0, 0]);
  expect(all.map(({ figures }) => figures.messages_waiting)).toEqual([7, 1, 1, 1, 1]);
  const hours = second.since("hour", 0);
  expect(hours.map(({ at }) => new Date(at).getUTCHours())).toEqual([10, 11]);
  expect(hours.map(({ figures }) => [figures.messages_received, figures.loop_lag_ms])).toEqual([
    [5, 7],
    [0, 1],
  ]);
  await minutes(second, 1_500);
  expect(second.since("minute", 0)).toHaveLength(1_440);
});

test("the rules and the board in deploy/ ask for metrics that there are", async () => {
  const meter = new Meter();
  meter.count("merpati_messages_total", ["sent"]);
  meter.count("merpati_events_total", ["message.sent"]);
  meter.count("merpati_delivery_attempts_total", ["webhook", "ok"]);
  meter.observe("merpati_delivery_attempt_duration_seconds", ["webhook"], 0.1);
  meter.count("merpati_http_requests_total", ["v1", "2xx"]);
  meter.observe("merpati_http_request_duration_seconds", ["v1"], 0.1);
  const openIncidents = new Map([["device_offline", 1]]);
  const text = exposition({ meter, gauges: quiet, perDevice: true, version: "1", worstLag: 0, openIncidents });
  const there = new Set([...parsed(text).keys()].map((name) => name.replace(/\{.*/, "")));
  const folder = join(import.meta.dir, "../../deploy");
  const absent: string[] = [];
  for (const file of readdirSync(folder).filter((name) => /\.(json|yml)$/.test(name))) {
    const asked = (await Bun.file(join(folder, file)).text()).matchAll(/\b(?:merpati|process)_[a-z_]+\b/g);
    for (const [name] of asked) if (!there.has(name)) absent.push(`${file}: ${name}`);
  }
  expect(absent).toEqual([]);
});

// Where it is at hand.
const promtool = Bun.which("promtool");
if (promtool !== null)
  test("promtool takes the rules and the metrics", async () => {
    const rules = join(import.meta.dir, "../../deploy/merpati.rules.yml");
    expect(await Bun.spawn([promtool, "check", "rules", rules], { stdout: "ignore" }).exited).toBe(0);
    await using bot = await startBot();
    const text = await (await fetch(`${bot.url}/metrics`)).blob();
    const check = Bun.spawn([promtool, "check", "metrics"], { stdin: text, stdout: "pipe", stderr: "pipe" });
    expect([await check.exited, await new Response(check.stderr).text()]).toEqual([0, ""]);
  });
