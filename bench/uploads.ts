/**
 * Somebody uploads large files: what do the others feel? `bun bench/uploads.ts [seconds]`
 * The aim: no form moves the others' 99th percentile by 50 ms.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "./child.ts";
import { type Row, round, show } from "./table.ts";

const seconds = Number(process.argv[2] ?? 10);
const key = "a-key-for-the-bench-0123456789";
const to = "628123456789";
const folder = mkdtempSync(join(tmpdir(), "merpati-uploads-"));
const world = new Child("./fleet-world.ts", {}, { elsewhere: true });
const where = await world.call<{ url: string; rootKey: string }>("where");
const bot = new Child("./fleet-bot.ts", {
  WHATSAPP_URL: where.url,
  WHATSAPP_ROOT_KEY: where.rootKey,
  SESSIONS_DIR: folder,
  PLUGINS_DIR: join(folder, "plugins"),
  API_KEY: key,
  HOST: "127.0.0.1",
  PORT: "0",
  LOG_LEVEL: "warn",
  OUTBOUND_ALLOW: "loopback",
});
const url = await bot.call<string>("url");
await world.call("scan", { place: 1, qr: await bot.call<string>("qr", "shop") });
await bot.call("connected", 1);
const uploader = new Child("./uploader.ts", {}, { elsewhere: true });

const questions = ["/v1/devices/shop", "/v1/events?latest=10", "/v1/devices/shop/messages?limit=10"];

/** How long others wait for each answer, milliseconds, sorted. */
async function others(ms: number): Promise<number[]> {
  const waits: number[] = [];
  const end = performance.now() + ms;
  for (let n = 0; performance.now() < end; n++) {
    const started = performance.now();
    const response = await fetch(`${url}${questions[n % questions.length]}`, { headers: { "x-api-key": key } });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`the others got ${response.status}`);
    waits.push(performance.now() - started);
    await new Promise((go) => setTimeout(go, 5));
  }
  return waits.sort((a, b) => a - b);
}

const at = (waits: readonly number[], share: number) => waits[Math.ceil(waits.length * share) - 1] ?? 0;

/** Every form once, so that no first call of its kind is measured. */
const forms = await uploader.call<string[]>("forms");
for (const what of forms) await uploader.call("once", { what, url, key, to });
await others(1_000);
const rows: Row[] = [];
let mostMoved = 0;
for (const what of forms) {
  const quiet = at(await others(seconds * 500), 0.99);
  await bot.call("lag");
  await bot.call("turns");
  await uploader.call("begin", { what, url, key, to });
  const waits = await others(seconds * 1_000);
  const sent = await uploader.call<number>("end");
  const held = await bot.call<{ p99: number; most: number }>("lag");
  const turns = await bot.call<{ most: number }>("turns");
  const p99 = at(waits, 0.99);
  mostMoved = Math.max(mostMoved, p99 - quiet);
  rows.push({ what: `${what}: p99 of others`, value: round(p99, 1), unit: "ms", ratio: p99 / quiet });
  rows.push({ what: "  moved by", value: round(p99 - quiet, 1), unit: "ms" });
  rows.push({ what: `  event loop held at most, ${sent} sent`, value: round(held.most, 1), unit: "ms" });
  // Whatever else the machine does.
  rows.push({ what: "  one turn of it at most, processor time", value: round(turns.most, 1), unit: "ms" });
  await new Promise((go) => setTimeout(go, 500));
}
show(rows);
for (const child of [uploader, bot, world]) await child.kill();
rmSync(folder, { recursive: true, force: true });
process.exit(mostMoved < 50 ? 0 : 1);
