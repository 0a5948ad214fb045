/**
 * Inbound messages per second: raw Baileys (keys in memory, then in plain SQLite, a handler that does nothing) against
 * the whole bot with everything durable and a webhook receiver at the end. Same simulator, same run; only the ratio
 * means anything. `bun bench/inbound.ts [messages] [contacts]`
 */
import { Child } from "./child.ts";

const messages = Number(process.argv[2] ?? 5000);
const contacts = Number(process.argv[3] ?? 100);

interface Where {
  url: string;
  rootKey: string;
  webhook: string;
}

interface Result {
  name: string;
  perSecond: number;
  cpuMs: number;
  rssMb: number;
}

async function measure(name: string, file: string, env: (where: Where) => Record<string, string>, until: string) {
  const world = new Child("./world.ts");
  const where = await world.call<Where>("where");
  const client = new Child(file, env(where));
  await world.call("scan", await client.call("qr"));
  await client.call("open");
  const count = await world.call<number>("prepare", { messages, contacts });
  const before = await client.call<NodeJS.CpuUsage>("cpu");
  const ms = await world.call<number>(until);
  const after = await client.call<NodeJS.CpuUsage>("cpu");
  const rss = await client.call<number>("rss");
  const cpu = (after.user - before.user + after.system - before.system) / 1000 / count;
  const problems = await world.call<string[]>("problems");
  if (problems.length > 0) process.stderr.write(`${name}: ${problems.slice(0, 3).join("; ")}\n`);
  await client.kill();
  await world.kill();
  return {
    name,
    perSecond: Math.round((count / ms) * 1000),
    cpuMs: Number(cpu.toFixed(3)),
    rssMb: Math.round(rss / 1e6),
  };
}

const raw = (store: string) => (where: Where) => ({ RAW_URL: where.url, RAW_STORE: store });
const ours = (where: Where) => ({
  WHATSAPP_URL: where.url,
  WHATSAPP_ROOT_KEY: where.rootKey,
  WEBHOOK_URL: where.webhook,
  WEBHOOK_EVENTS: "message.received",
  API_KEY: "a-key-for-the-bench-0123456789",
  AUTH: "on",
  HOST: "127.0.0.1",
  PORT: "0",
  LOG_LEVEL: "error",
});

const results: Result[] = [
  await measure("raw Baileys, keys in memory", "./raw.ts", raw("memory"), "receipted"),
  await measure("raw Baileys, keys in SQLite", "./raw.ts", raw("sqlite"), "receipted"),
  await measure("merpati, durable, to receipt", "./merpati.ts", ours, "receipted"),
  await measure("merpati, durable, to webhook", "./merpati.ts", ours, "delivered"),
];
const [first] = results;
process.stdout.write(`${messages} messages from ${contacts} contacts\n`);
for (const { name, perSecond, cpuMs, rssMb } of results) {
  const ratio = (perSecond / (first?.perSecond ?? 1)).toFixed(2);
  process.stdout.write(
    `${name.padEnd(32)} ${String(perSecond).padStart(6)}/s  ×${ratio}  ${cpuMs} ms CPU  ${rssMb} MB\n`,
  );
}
await Bun.write("artefacts/inbound.json", JSON.stringify({ messages, contacts, results }, null, 2));
process.exit(0);
