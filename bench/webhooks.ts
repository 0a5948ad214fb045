/**
 * Webhook deliveries: how many a second to 1 and to 20 endpoints, how long one takes at 100 events/s, and beside each a
 * control that posts straight from the handler with nothing on disk. `bun bench/webhooks.ts [events]`
 * `bun bench/webhooks.ts frames [messages]`: how long from WhatsApp's frame to the receiver, through the whole bot.
 * `bun bench/webhooks.ts proof [events] [kills]`: the full proof with receivers that misbehave.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prove } from "../test/webhooks/proof/proof.ts";
import { Child } from "./child.ts";

const [mode = "5000", ...rest] = process.argv.slice(2);
// Beside the sources, not in /tmp: that may be memory, which has no fsync to wait for.
const dir = mkdtempSync(join(import.meta.dir, "../.bench-"));
try {
  if (mode === "proof") await proof(Number(rest[0] ?? 5_000), Number(rest[1] ?? 50));
  else if (mode === "frames") await frames(Number(rest[0] ?? 2_000));
  else await speed(Number(mode));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function proof(events: number, kills: number): Promise<void> {
  const size = { dir, events, kills, chats: 50, speed: 60, outage: 30 * 60_000, deadline: 900_000 };
  const verdict = await prove(size);
  process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
  process.exitCode = verdict.faults.length === 0 ? 0 : 1;
}

async function frames(messages: number): Promise<void> {
  const world = new Child("./world.ts");
  const where = await world.call<{ url: string; rootKey: string; webhook: string }>("where");
  const bot = new Child("./merpati.ts", {
    SESSIONS_DIR: join(dir, "sessions"),
    WHATSAPP_URL: where.url,
    WHATSAPP_ROOT_KEY: where.rootKey,
    WEBHOOK_URL: where.webhook,
    WEBHOOK_EVENTS: "message.received",
    API_KEY: "a-key-for-the-bench-0123456789",
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_LEVEL: "error",
  });
  await world.call("scan", await bot.call("qr"));
  await bot.call("open");
  const times = await world.call<number[]>("latencies", { messages, rate: 100, contacts: 50 });
  const at = (part: number) => (times[Math.floor(times.length * part)] ?? 0).toFixed(1);
  say(`${messages} messages at 100/s, from the frame to the receiver: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  await bot.kill();
  await world.kill();
}

async function speed(events: number): Promise<void> {
  for (const endpoints of [1, 20]) {
    for (const way of ["merpati", "straight"] as const) {
      const { perSecond, rssMb, cpuMs } = await run(way, endpoints, Math.ceil(events / endpoints) * 2, 0);
      say(`${way}, ${endpoints} endpoint(s): ${perSecond} deliveries/s, ${cpuMs} ms of CPU, ${rssMb} MB`);
    }
  }
  for (const way of ["merpati", "straight"] as const) {
    const { p50, p99 } = await run(way, 1, 1_000, 100);
    say(`${way}, 100 events/s: p50 ${p50} ms, p99 ${p99} ms from the record to the receiver`);
  }
}

interface Result {
  perSecond: number;
  p50: number;
  p99: number;
  rssMb: number;
  cpuMs: number;
}

async function run(way: "merpati" | "straight", endpoints: number, events: number, rate: number): Promise<Result> {
  const receiver = new Child("./webhook-receiver.ts");
  const sender = new Child("./webhook-sender.ts");
  try {
    const url = await receiver.call<string>("url");
    const urls = Array.from({ length: endpoints }, (_, n) => `${url}${n}`);
    await sender.call("open", { way, urls, dir: join(dir, `${way}-${endpoints}-${rate}`) });
    const arrived = receiver.call<{ p50: number; p99: number; ms: number }>("expect", events * endpoints);
    const { rssMb, cpuMs } = await sender.call<{ rssMb: number; cpuMs: number }>("send", { events, rate });
    const { ms, p50, p99 } = await arrived;
    return { perSecond: Math.round((events * endpoints * 1000) / ms), p50, p99, rssMb, cpuMs };
  } finally {
    await sender.kill();
    await receiver.kill();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
