/**
 * Webhook deliveries a second as fast as it goes, to one endpoint and to twenty, beside a handler that posts at once with
 * nothing on disk. `bun bench/deliveries.ts`; how long each takes, and who shares with whom, is in `bench/webhooks.ts`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { round, type Row, show } from "./table.ts";
import { measure, type Measured, type Way } from "./webhook-run.ts";

const runs = [
  { endpoints: 1, events: 20_000 },
  { endpoints: 20, events: 2_000 },
];

export async function deliveries(): Promise<Row[]> {
  // Beside the sources, not in /tmp: that may be memory, which has no fsync to wait for.
  const dir = mkdtempSync(join(import.meta.dir, "../.bench-"));
  try {
    const rows: Row[] = [];
    for (const [at, { endpoints, events }] of runs.entries()) {
      const run = (way: Way) => measure({ way, endpoints, events, rate: 0, dir: join(dir, `${way}-${at}`) });
      const row = (what: string, { perSecond, cpuMs, rssMb }: Measured): Row => ({
        what: `webhooks, to ${endpoints}, ${what}`,
        value: perSecond,
        unit: "/s",
        cpu: round(cpuMs / (events * endpoints), 2),
        memory: rssMb,
      });
      const [control, ours] = [await run("straight"), await run("merpati")];
      const ratio = ours.perSecond / control.perSecond;
      rows.push(row("posted at once", control), { ...row("Merpati", ours), ratio });
    }
    return rows;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

if (import.meta.main) {
  show(await deliveries());
  process.exit(0);
}
