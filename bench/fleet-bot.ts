/** The whole bot with a fleet of devices, as it starts by default. */
import { createHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { operator } from "../src/core/access/operator.ts";
import { compose } from "../src/composition/composition.ts";
import { loadConfig } from "../src/config/config.ts";
import { type BotEvent, is } from "../src/core/model/events/events.ts";
import { makeLog } from "../src/log/log.ts";
import { serve } from "./child.ts";

const config = loadConfig();
const { bot, url } = await compose(config, makeLog(config));
const workspace = bot.as(operator("bot"));
/** By device, the texts that came in. */
const texts: Record<string, string[]> = {};
let looks: (() => void)[] = [];

workspace.listen((event: BotEvent) => {
  if (is(event, "message.received") && event.device !== null && "text" in event.data.content)
    (texts[event.device] ??= []).push(event.data.content.text);
  for (const look of looks) look();
});

/** Resolves when `holds`, looked at after every event. */
const until = (holds: () => boolean) =>
  new Promise<void>((resolve) => {
    const look = () => {
      if (!holds()) return;
      looks = looks.filter((each) => each !== look);
      resolve();
    };
    looks.push(look);
    look();
  });

const connected = () => workspace.devices().filter((device) => device.status().phase === "connected").length;

const lag = monitorEventLoopDelay({ resolution: 10 });
lag.enable();

/** How much processor time the event loop's thread took between two looks, five milliseconds apart; microseconds. */
const turns = createHistogram();
const processorTime = (): number => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};
let worked = processorTime();
setInterval(() => {
  const now = processorTime();
  turns.record(Math.max(1, now - worked));
  worked = now;
}, 5);

serve({
  url: () => url,
  qr: async (id: string) => (await (await workspace.createDevice(id)).qr()).qr,
  connected: (count: number) => until(() => connected() >= count),
  received: (count: number) => until(() => Object.values(texts).flat().length >= count).then(() => texts),
  send: async ({ id, to, text }: { id: string; to: string; text: string }) => {
    await workspace.device(id).outbox.send({ to, content: { kind: "text", text } });
  },
  rss: () => {
    Bun.gc(true);
    return process.memoryUsage.rss();
  },
  cpu: () => process.cpuUsage(),
  /** How long the event loop was held up since the last call, milliseconds. */
  lag: () => {
    const held = { p99: lag.percentile(99) / 1e6, most: lag.max / 1e6 };
    lag.reset();
    return held;
  },
  /** The same in processor time, whatever else the machine does; milliseconds. */
  turns: () => {
    const held = { p99: turns.percentile(99) / 1e3, most: turns.max / 1e3 };
    turns.reset();
    return held;
  },
  stop: async () => {
    for (const device of workspace.devices()) if (device.status().phase !== "connected") await device.stop();
  },
});
