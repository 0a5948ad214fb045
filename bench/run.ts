/**
 * Every figure of docs/reliability.md in one go: `bun run bench [part…]`. Prints a table and writes
 * artefacts/bench.json. `--bars`: fails when a ratio to a control crosses its bar (`bars.ts`).
 * Each part can be run by itself: `bun bench/inbound.ts`. On a machine that does something else only the ratios mean anything.
 */
import { cpus } from "node:os";
import { crossed } from "./bars.ts";
import { deliveries } from "./deliveries.ts";
import { flood } from "./flood.ts";
import { idle } from "./idle.ts";
import { inbound } from "./inbound.ts";
import { outbound } from "./outbound.ts";
import { signal } from "./signal.ts";
import { start } from "./start.ts";
import { type Row, show } from "./table.ts";

const parts: Record<string, () => Promise<Row[]>> = { signal, inbound, outbound, deliveries, idle, start, flood };
const given = process.argv.slice(2);
const held = given.includes("--bars");
const asked = given.filter((part) => part !== "--bars");
const unknown = asked.find((part) => !(part in parts));
if (unknown !== undefined) throw new Error(`there is no part "${unknown}"; take ${Object.keys(parts).join(", ")}`);

const rows: Row[] = [];
for (const [name, run] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const found = await run();
  show(found);
  rows.push(...found);
}
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, bun: Bun.version };
await Bun.write("artefacts/bench.json", JSON.stringify({ at: new Date().toISOString(), machine, rows }, null, 2));
const problems = held ? crossed(rows, asked.length > 0 ? asked : Object.keys(parts)) : [];
for (const problem of problems) process.stdout.write(`!!! ${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);
