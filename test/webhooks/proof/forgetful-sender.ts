/** The control: what happened is on disk, what is to be delivered in memory, as gateways have it. */
import { openStore } from "../../../src/store/open.ts";
import { device, received } from "../../store/rows.ts";
import { fastClock } from "./fast-clock.ts";
import type { Errand } from "./sender.ts";

const { dir, urls, events, chats, batch, from, speed } = JSON.parse(process.argv[2] ?? "") as Errand;
const clock = fastClock(from, speed);
const store = await openStore({ dir, clock, targetsOf: () => [], durability: "normal" });
if ((await store.devices.list()).length === 0) await store.devices.create(device("d1"));
const hold = await store.devices.hold("d1", new AbortController().signal);

/** Ten attempts, each after twice the pause of the one before. */
async function post(url: string, body: string): Promise<void> {
  for (let pause = 5_000; pause < 5_000_000; pause *= 2) {
    const signal = AbortSignal.timeout(15_000 / speed);
    const response = await fetch(url, { method: "POST", body, redirect: "manual", signal }).catch(() => null);
    if (response?.ok) return;
    await new Promise<void>((go) => void clock.after(pause, go));
  }
}

const log = await store.ledger.after("d1", 0, 10_000_000);
for (let place = log.length; place < events; place += batch) {
  const { events: told } = await store.ledger.record(hold, {
    events: Array.from({ length: Math.min(batch, events - place) }, (_, n) => ({
      ...received(`chat${(place + n) % chats}`, String(Date.now()), String(place + n)),
      at: clock.now(),
    })),
  });
  for (const event of told) for (const url of urls) void post(url, JSON.stringify(event));
  await new Promise((go) => setImmediate(go));
}
for await (const line of console) if (line === "memory") process.stdout.write(`${process.memoryUsage.rss()}\n`);
