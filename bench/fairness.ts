/**
 * One tenant does its worst, all of it at once: what does another one feel? `bun bench/fairness.ts [seconds] [attack]`
 * The aim: the innocent's 99th percentile under 50 ms and within 5 times what it is in quiet, memory under 600 MB.
 */
import { Database } from "bun:sqlite";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "./child.ts";
import type { ContactFlood } from "./fleet-world.ts";
import { round, show } from "./table.ts";

const seconds = Number(process.argv[2] ?? 20);
const admin = "a-key-for-the-bench-0123456789";
const folder = mkdtempSync(join(tmpdir(), "merpati-fairness-"));
const world = new Child("./fleet-world.ts", {}, { elsewhere: true });
const where = await world.call<{ url: string; rootKey: string }>("where");
const env = {
  WHATSAPP_URL: where.url,
  WHATSAPP_ROOT_KEY: where.rootKey,
  SESSIONS_DIR: folder,
  PLUGINS_DIR: join(folder, "plugins"),
  API_KEY: admin,
  HOST: "127.0.0.1",
  PORT: "0",
  LOG_LEVEL: "error",
};
let bot = new Child("./fleet-bot.ts", env);
let url = await bot.call<string>("url");

async function call<T>(key: string, method: string, path: string, body?: object): Promise<T> {
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const response = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const said = (await response.json()) as { data: T; error?: string };
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${said.error}`);
  return said.data;
}

/** A tenant with a linked device, and a key of his. */
async function tenant(id: string, place: number): Promise<string> {
  await call(admin, "POST", "/v1/admin/tenants", { id });
  await call(admin, "POST", `/v1/admin/tenants/${id}/devices`, { device_id: "shop" });
  const scopes = ["read", "send", "manage"];
  const { key } = await call<{ key: string }>(admin, "POST", "/v1/admin/keys", { tenant: id, name: id, scopes });
  const { qr_string: qr } = await call<{ qr_string: string }>(key, "POST", "/v1/devices/shop/pairing/qr");
  await world.call("scan", { place, qr });
  return key;
}

/** What was said on a tenant's device, written while nobody runs. */
function remember(id: string, count: number): void {
  const db = new Database(join(folder, "merpati.sqlite"));
  db.run(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
     INSERT INTO said (device, chat, id, sender, from_me, at, content, context, words, wire)
     SELECT uid, 'a@lid', 'S' || i, 'a@lid', 0, i, '{"kind":"text","text":"an apple"}', '{}', 'an apple a' || i, x''
     FROM n, device WHERE device.tenant = ?1`,
    [id, count],
  );
  db.close();
}

async function connected(): Promise<void> {
  for (const key of [hostileKey, calmKey])
    while ((await call<{ status: string }>(key, "GET", "/v1/devices/shop")).status !== "connected")
      await new Promise((go) => setTimeout(go, 50));
}

const [hostileKey, calmKey] = [await tenant("hostile", 1), await tenant("calm", 2)];
await connected();
await bot.kill();
remember("hostile", 20_000);
remember("calm", 200);
bot = new Child("./fleet-bot.ts", env);
url = await bot.call<string>("url");
await connected();

const questions = [
  "/v1/devices/shop",
  "/v1/events?latest=10",
  "/v1/devices/shop/history?search=a",
  "/v1/devices/shop/messages?limit=10",
];

/** How long the innocent waits for each answer, milliseconds, sorted. */
async function innocent(ms: number): Promise<number[]> {
  const waits: number[] = [];
  const end = performance.now() + ms;
  for (let n = 0; performance.now() < end; n++) {
    const started = performance.now();
    const response = await fetch(`${url}${questions[n % questions.length]}`, { headers: { "x-api-key": calmKey } });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`the innocent got ${response.status}`);
    waits.push(performance.now() - started);
    await new Promise((go) => setTimeout(go, 15));
  }
  return waits.sort((a, b) => a - b);
}

const at = (waits: readonly number[], share: number) => waits[Math.ceil(waits.length * share) - 1] ?? 0;
const rss = () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${bot.pid}/status`, "utf8"))?.[1]) / 1024;

interface Turns {
  p99: number;
  most: number;
}
await innocent(1_000);
await bot.call("turns");
const quiet = await innocent((seconds * 1_000) / 2);
const hostile = new Child("./hostile.ts", {}, { elsewhere: true });
let memory = 0;
const watch = setInterval(() => (memory = Math.max(memory, rss())), 100);
const only = process.argv[3];
await hostile.call("attack", { url, key: hostileKey, only });
/** What the hostile tenant's contacts send it, one flood after the other. */
const came: Record<string, Record<string, number>> = {};
const over = new AbortController();
async function flood(what: ContactFlood): Promise<void> {
  while (!over.signal.aborted) {
    const sent = (came[what] ??= { sent: 0 });
    sent["sent"] = (sent["sent"] ?? 0) + (await world.call<number>("flood", { place: 1, what }));
    await new Promise((go) => setTimeout(go, 1_000));
  }
}
for (const what of ["long messages", "many messages", "unreadable messages"] as const)
  if (only === undefined || only === what) flood(what).catch(() => {});
await new Promise((go) => setTimeout(go, 500));
await bot.call<Turns>("turns");
const under = await innocent(seconds * 1_000);
const turns = await bot.call<Turns>("turns");
clearInterval(watch);
over.abort();
const answers = await hostile.call<Record<string, Record<string, number>>>("answers");
await hostile.kill();

const quietP99 = at(quiet, 0.99);
show([
  { what: "quiet: p50", value: round(at(quiet, 0.5), 1), unit: "ms" },
  { what: "quiet: p99", value: round(quietP99, 1), unit: "ms" },
  {
    what: "beside a hostile tenant: p50",
    value: round(at(under, 0.5), 1),
    unit: "ms",
    ratio: at(under, 0.5) / at(quiet, 0.5),
  },
  {
    what: "beside a hostile tenant: p99",
    value: round(at(under, 0.99), 1),
    unit: "ms",
    ratio: at(under, 0.99) / quietP99,
  },
  { what: "beside a hostile tenant: longest", value: round(at(under, 1), 1), unit: "ms" },
  { what: "one turn of its event loop, processor time: p99", value: round(turns.p99, 1), unit: "ms" },
  { what: "one turn of its event loop, processor time: longest", value: round(turns.most, 1), unit: "ms" },
  { what: "memory of the bot at most", value: round(memory), unit: "MB" },
]);
for (const [what, seen] of Object.entries({ ...answers, ...came }))
  process.stdout.write(
    `  ${what.padEnd(24)} ${Object.entries(seen)
      .map(([status, n]) => `${status} ×${n}`)
      .join(", ")}\n`,
  );
await bot.kill();
await world.kill();
rmSync(folder, { recursive: true, force: true });
process.exit(at(under, 0.99) < 50 && at(under, 0.99) < 5 * quietP99 && memory < 600 ? 0 : 1);
