/**
 * Messages that come now and then: processor time a message at 20 and at 100 a second, and how long each takes from its
 * frame to the receiver, beside raw Baileys that posts each at once and keeps nothing. `bun bench/trickle.ts [seconds] [rounds]`
 */
import { Child } from "./child.ts";
import { merpati, raw, type Subject, type Where } from "./subject.ts";
import { round, type Row, show } from "./table.ts";

const contacts = 20;

interface Figures {
  cpu: number;
  p50: number;
  p99: number;
}

/** A control that posts. */
const posting: Subject = {
  ...raw("memory"),
  env: (where) => ({ ...raw("memory").env(where), RAW_POST: where.webhook }),
};

async function figures({ file, env }: Subject, rate: number, seconds: number): Promise<Figures> {
  const world = new Child("./world.ts");
  const client = new Child(file, env(await world.call<Where>("where")));
  await world.call("scan", await client.call("qr"));
  await client.call("open");
  // Cold code is no part of it.
  await world.call("latencies", { messages: 10 * rate, rate, contacts });
  const messages = rate * seconds;
  const before = await client.call<NodeJS.CpuUsage>("cpu");
  const waits = await world.call<number[]>("latencies", { messages, rate, contacts });
  const after = await client.call<NodeJS.CpuUsage>("cpu");
  await client.kill();
  await world.kill();
  const at = (share: number) => waits[Math.ceil(waits.length * share) - 1] ?? 0;
  const cpu = (after.user - before.user + after.system - before.system) / 1000 / messages;
  return { cpu, p50: at(0.5), p99: at(0.99) };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

export async function trickle(seconds = 10, rounds = 3): Promise<Row[]> {
  const rows: Row[] = [];
  for (const rate of [20, 100]) {
    const all: { raw: Figures; ours: Figures }[] = [];
    for (let n = 0; n < rounds; n++)
      all.push({
        raw: await figures(posting, rate, seconds),
        ours: await figures(merpati("to the webhook"), rate, seconds),
      });
    for (const [name, key, unit] of [
      ["processor time a message", "cpu", "ms"],
      ["frame to receiver, p50", "p50", "ms"],
      ["frame to receiver, p99", "p99", "ms"],
    ] as const) {
      const [control, ours] = [median(all.map((each) => each.raw[key])), median(all.map((each) => each.ours[key]))];
      rows.push({ what: `${rate} a second, raw Baileys: ${name}`, value: round(control, 2), unit });
      rows.push({ what: `${rate} a second, merpati: ${name}`, value: round(ours, 2), unit, ratio: ours / control });
    }
  }
  return rows;
}

if (import.meta.main) {
  show(await trickle(...process.argv.slice(2).map(Number)));
  process.exit(0);
}
