/**
 * 500 messages a second for five minutes to one device, webhook on: how long each takes from WhatsApp's frame to the
 * receiver, how long the event loop is held up, how memory goes. `bun bench/flood.ts [rate] [seconds] [contacts]`
 */
import { Child } from "./child.ts";
import { merpati, type Where } from "./subject.ts";
import { megabytes, round, type Row, show } from "./table.ts";

interface Lag {
  p99: number;
  most: number;
}

export async function flood(rate = 500, seconds = 300, contacts = 100): Promise<Row[]> {
  const { env } = merpati("under a flood");
  const world = new Child("./world.ts");
  const bot = new Child("./merpati.ts", env(await world.call<Where>("where")));
  await world.call("scan", await bot.call("qr"));
  await bot.call("open");
  const memory: number[] = [];
  const watch = setInterval(() => void bot.call<number>("rss").then((rss) => memory.push(rss)), 1_000);
  await bot.call("lag"); // from now on
  const messages = rate * seconds;
  const times = await world.call<number[]>("latencies", { messages, rate, contacts });
  clearInterval(watch);
  const lag = await bot.call<Lag>("lag");
  const problems = await world.call<string[]>("problems");
  if (problems.length > 0) throw new Error(problems.slice(0, 3).join("; "));
  await bot.kill();
  await world.kill();
  const of = (share: number) => round(times[Math.floor((times.length - 1) * share)] ?? Infinity, 1);
  const most = (from: number, to: number) =>
    megabytes(Math.max(...memory.slice(Math.floor(memory.length * from), Math.ceil(memory.length * to))));
  const what = `${rate}/s for ${seconds} s`;
  return [
    { what: `${what}: frame to receiver, p50`, value: of(0.5), unit: "ms" },
    { what: `${what}: frame to receiver, p99`, value: of(0.99), unit: "ms" },
    { what: `${what}: event loop held up, p99`, value: round(lag.p99, 1), unit: "ms" },
    { what: `${what}: event loop held up, at most`, value: round(lag.most, 1), unit: "ms" },
    { what: `${what}: memory in the second fifth`, value: most(0.2, 0.4), unit: "MB" },
    { what: `${what}: memory in the last fifth`, value: most(0.8, 1), unit: "MB" },
  ];
}

if (import.meta.main) {
  show(await flood(...process.argv.slice(2).map(Number)));
  process.exit(0);
}
