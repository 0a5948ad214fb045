/**
 * Every figure of docs/reliability.md in one go: `bun run bench [part…]`. Prints a table and writes artefacts/bench.json.
 * Each part can be run by itself: `bun bench/inbound.ts`. On a machine that does something else only the ratios mean anything.
 */
import { cpus } from "node:os";
import { deliveries } from "./deliveries.ts";
import { flood } from "./flood.ts";
import { idle } from "./idle.ts";
import { inbound } from "./inbound.ts";
import { outbound } from "./outbound.ts";
import { signal } from "./signal.ts";
import { start } from "./start.ts";
import { type Row, show } from "./table.ts";

const parts: Record<string, () => Promise<Row[]>> = { signal, inbound, outbound, deliveries, idle, start, flood };
const asked = process.argv.slice(2);
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
process.exit(0);
