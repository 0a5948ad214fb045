/** Ours under measurement: the whole bot, as it starts by default. */
import { operator } from "../src/core/access/operator.ts";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { compose } from "../src/composition/composition.ts";
import { loadConfig } from "../src/config/config.ts";
import { makeLog } from "../src/log/log.ts";
import { serve } from "./child.ts";

process.env["SESSIONS_DIR"] ??= mkdtempSync(join(tmpdir(), "merpati-bench-"));
const config = loadConfig();
const { bot } = await compose(config, makeLog(config));
const device = await bot.as(operator("bot")).createDevice("default");

const lag = monitorEventLoopDelay({ resolution: 10 });

serve({
  qr: async () => (await device.qr()).qr,
  open: () =>
    new Promise<void>((resolve) => {
      if (device.status().phase === "connected") return resolve();
      const stop = bot.as(operator("bot")).listen((event) => {
        if (event.type !== "device.connected") return;
        stop();
        resolve();
      });
    }),
  /** Resolves when every one is on disk, to leave by itself. A caller has so many calls open at once. */
  send: async ({ numbers, count }: { numbers: string[]; count: number }) => {
    let next = 0;
    const caller = async () => {
      for (let at = next++; at < count; at = next++)
        await device.outbox.send({
          to: numbers[at % numbers.length] ?? "",
          content: { kind: "text", text: `answer ${at}` },
        });
    };
    await Promise.all(Array.from({ length: 64 }, caller));
  },
  /** How long the event loop was held up since the last call, milliseconds. Sampled from the first call on: it costs. */
  lag: () => {
    lag.enable();
    const held = { p99: lag.percentile(99) / 1e6, most: lag.max / 1e6 };
    lag.reset();
    return held;
  },
  cpu: () => process.cpuUsage(),
  rss: () => process.memoryUsage.rss(),
  exit: () => process.exit(0),
});
