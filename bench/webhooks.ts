/**
 * Webhooks, measured. Every figure stands beside a control in the same run; only the ratio means anything.
 * `bun bench/webhooks.ts [rounds]`: latency at 100 events/s, from the record and from WhatsApp's frame, beside a handler
 * that posts at once with nothing on disk; and the latency of an endpoint alone, beside nine healthy ones and beside nine
 * that misbehave. A table, and artefacts/webhooks.json. How many a second: `bench/deliveries.ts`.
 * `bun bench/webhooks.ts proof [events] [kills] [seed]`: the full proof, then how memory goes without kills.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prove } from "../test/webhooks/proof/proof.ts";
import { Child } from "./child.ts";
import { type Frames, frames } from "./webhook-frames.ts";
import { type Measured, measure, median } from "./webhook-run.ts";

const [mode = "3", ...rest] = process.argv.slice(2);
// Beside the sources, not in /tmp: that may be memory, which has no fsync to wait for.
const dir = mkdtempSync(join(import.meta.dir, "../.bench-"));
let count = 0;
const fresh = () => join(dir, String((count += 1)));
try {
  if (mode === "proof")
    await proof(Number(rest[0] ?? 5_000), Number(rest[1] ?? 50), Number(rest[2] ?? Date.now() % 1e6));
  else await everything(Number(mode));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function proof(events: number, kills: number, seed: number): Promise<void> {
  say(`seed ${seed}`);
  const size = { events, seed, chats: 50, speed: 60, outage: 30 * 60_000, deadline: 900_000 };
  const killed = await prove({ dir: fresh(), kills, ...size });
  const whole = await prove({ dir: fresh(), kills: 0, ...size });
  for (const { memory, ...verdict } of [killed, whole]) {
    say(JSON.stringify(verdict));
    say(`memory, MB: ${memory.map(({ mb }) => mb).join(" ")}`);
  }
  const half = Math.floor(whole.memory.length / 2);
  const most = (list: typeof whole.memory) => Math.max(...list.map(({ mb }) => mb));
  const growth = most(whole.memory.slice(half)) / most(whole.memory.slice(0, half));
  say(`without kills, the second half of the work took ×${growth.toFixed(2)} the memory of the first`);
  await Bun.write("artefacts/webhooks-proof.json", JSON.stringify({ killed, whole, growth }, null, 2));
  process.exitCode = killed.faults.length + whole.faults.length === 0 && growth < 1.3 ? 0 : 1;
}

interface Row {
  what: string;
  ours: string;
  control: string;
  /** Ours for each of the control. */
  ratio: number;
}

async function everything(rounds: number): Promise<void> {
  const rows = [...(await latency(rounds)), ...(await fromFrame(rounds)), ...(await beside(rounds))];
  const widths = [60, 22, 22];
  const line = (...cells: string[]) => say(cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" "));
  line("", "ours", "control", "ratio");
  for (const { what, ours, control, ratio } of rows) line(what, ours, control, `×${ratio.toFixed(2)}`);
  await Bun.write("artefacts/webhooks.json", JSON.stringify({ at: new Date().toISOString(), rounds, rows }, null, 2));
}

/** Milliseconds from the record to the receiver at 100 events/s. */
async function latency(rounds: number): Promise<Row[]> {
  const sample = { ours: [] as Measured[], control: [] as Measured[] };
  for (let round = 0; round < rounds; round += 1) {
    sample.control.push(await measure({ way: "straight", events: 1_500, rate: 100, dir: fresh() }));
    sample.ours.push(await measure({ way: "merpati", events: 1_500, rate: 100, dir: fresh() }));
  }
  return times("from the record, 100/s", median(sample.ours), median(sample.control));
}

/** Milliseconds from WhatsApp's frame to the receiver at 100 messages/s. */
async function fromFrame(rounds: number): Promise<Row[]> {
  const sample = { ours: [] as Frames[], control: [] as Frames[] };
  for (let round = 0; round < rounds; round += 1) {
    sample.control.push(await frames("straight", fresh(), 1_500));
    sample.ours.push(await frames("merpati", fresh(), 1_500));
  }
  const middle = (all: Frames[]) =>
    all.toSorted((a, b) => a.p99 - b.p99)[Math.floor(all.length / 2)] ?? { p50: 0, p99: 0 };
  return times("from WhatsApp's frame, 100/s", middle(sample.ours), middle(sample.control));
}

/** One endpoint's latency at 100 events/s: beside nine healthy ones, then beside nine that misbehave; control: alone. */
async function beside(rounds: number): Promise<Row[]> {
  const misfits = new Child("./webhook-misfits.ts");
  const healthy = new Child("./webhook-receiver.ts");
  const bad = await misfits.call<string[]>("urls");
  const base = await healthy.call<string>("url");
  const good = bad.map((_, n) => `${base}beside/${n}`);
  const sample = { alone: [] as Measured[], good: [] as Measured[], bad: [] as Measured[] };
  const run = (others: string[]) => measure({ way: "merpati", events: 2_000, rate: 100, others, dir: fresh() });
  for (let round = 0; round < rounds; round += 1) {
    sample.alone.push(await run([]));
    sample.good.push(await run(good));
    sample.bad.push(await run(bad));
  }
  await misfits.kill();
  await healthy.kill();
  const [alone, amongGood, amongBad] = [median(sample.alone), median(sample.good), median(sample.bad)];
  return [
    ...times("beside nine healthy endpoints (control: alone)", amongGood, alone),
    ...times("beside nine that misbehave (control: beside nine healthy)", amongBad, amongGood),
    ...times("beside nine that misbehave (control: alone)", amongBad, alone),
  ];
}

function times(what: string, ours: Frames, control: Frames): Row[] {
  return (["p50", "p99"] as const).map((part) => ({
    what: `${what}, ${part}`,
    ours: `${ours[part]} ms`,
    control: `${control[part]} ms`,
    ratio: ours[part] / control[part],
  }));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
