/** Ours under measurement: the whole bot, as it starts by default. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compose } from "../src/composition.ts";
import { loadConfig } from "../src/config.ts";
import { makeLog } from "../src/log.ts";
import { serve } from "./child.ts";

process.env["SESSIONS_DIR"] ??= mkdtempSync(join(tmpdir(), "merpati-bench-"));
const config = loadConfig();
const { bot } = await compose(config, makeLog(config));
const device = bot.as({ kind: "admin" }).device("default");

serve({
  qr: async () => (await device.qr()).qr,
  open: () =>
    new Promise<void>((resolve) => {
      if (device.status().phase === "connected") return resolve();
      const stop = bot.as({ kind: "admin" }).listen((event) => {
        if (event.type !== "device.connected") return;
        stop();
        resolve();
      });
    }),
  cpu: () => process.cpuUsage(),
  rss: () => process.memoryUsage.rss(),
  exit: () => process.exit(0),
});
