/**
 * What plugins cost: `bun bench/plugins.ts [reloads]`, each beside a control in the same run. Messages are written to a
 * real store and brought by the real courier, to no plugin and to twenty; before, one plugin is reloaded over and over
 * (10,000 times) with the memory beside it, and as many bare threads are made that do nothing.
 */
import { heapStats } from "bun:jsc";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pluginDeliveries } from "../src/composition/plugins.ts";
import { Courier } from "../src/core/delivery/courier.ts";
import { Targets } from "../src/core/model/events/targets.ts";
import { startPluginHost } from "../src/plugins/host/host.ts";
import { openStore } from "../src/store/open.ts";
import { systemClock as clock } from "../src/composition/system.ts";
import { silent } from "../test/log.ts";
import { House } from "../test/plugins/house.ts";
import { device, received } from "../test/store/rows.ts";

const reloads = Number(process.argv[2] ?? 10_000);
const [messages, rounds] = [500, 5];
const print = (text: string) => void process.stdout.write(`${text}\n`);
const megabytes = () => {
  Bun.gc(true);
  return process.memoryUsage.rss() / 1e6;
};

const commander = (i: number) =>
  `export default { name: "p${i}", setup({ command }) { command("c${i}", () => {}); } };`;
const listener = (i: number) =>
  `export default { name: "p${i}", setup({ on }) { on("message.received", () => {}); } };`;

/**
 * A store, a courier and these plugins; `each`: microseconds of processor a message, all threads, from the writing to the
 * last handler's end. Not time: others write to the same disk.
 */
async function bot(plugins: string[]) {
  const base = mkdtempSync(join(tmpdir(), "merpati-bench-"));
  for (const [i, text] of plugins.entries()) await Bun.write(join(base, "plugins", `p${i}.ts`), text);
  const targets = new Targets();
  const store = await openStore({ dir: join(base, "sessions"), clock, targetsOf: targets.of });
  const courier = new Courier({ deliveries: store.deliveries, clock, log: silent });
  const services = {
    log: silent,
    clock,
    data: store.pluginData,
    send: () => Promise.reject(new Error("nothing is sent here")),
    fetch: () => Promise.reject(new Error("nothing is fetched here")),
  };
  const host = await startPluginHost({
    dir: join(base, "plugins"),
    watch: false,
    services,
    deliveries: pluginDeliveries({ targets, courier }),
  });
  await store.devices.create(device("d1"));
  const hold = await store.devices.hold("d1", new AbortController().signal);
  await courier.start();
  let count = 0;
  return {
    async each(text: string): Promise<number> {
      const start = process.cpuUsage();
      for (let i = 0; i < messages; i++) {
        const events = [received(`62811${i % 20}@s.whatsapp.net`, text, `m${count++}`)];
        courier.offer((await store.ledger.record(hold, { events })).written);
        await courier.idle();
      }
      const { user, system } = process.cpuUsage(start);
      return (user + system) / messages;
    },
    async close() {
      await host.stop();
      await courier.stop(0);
      await store.close();
      rmSync(base, { recursive: true });
    },
  };
}

const middle = (figures: number[]) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;

/** Rounds in turn, so that what else the machine does falls on all alike. */
async function overhead(): Promise<void> {
  const before = megabytes();
  const none = await bot([]);
  const began = performance.now();
  const twenty = await bot(Array.from({ length: 20 }, (_, i) => commander(i)));
  const [took, more] = [performance.now() - began, megabytes() - before];
  const ears = await bot(Array.from({ length: 20 }, (_, i) => listener(i)));
  const figures: number[][] = [[], [], [], []];
  for (let round = 0; round <= rounds; round++) {
    const now = [
      await none.each("hello"),
      await twenty.each("hello"),
      await twenty.each("!c7"),
      await ears.each("hello"),
    ];
    // The first warms up.
    if (round > 0) now.forEach((figure, i) => figures[i]?.push(figure));
  }
  for (const one of [none, twenty, ears]) await one.close();
  const [control = 0, unwanted = 0, command = 0, all = 0] = figures.map(middle);
  const line = (what: string, figure: number) =>
    print(`${what.padEnd(40)} ${figure.toFixed(0).padStart(6)} µs  × ${(figure / control).toFixed(2)}`);
  print(`20 plugins start in ${took.toFixed(0)} ms and take ${more.toFixed(0)} MB`);
  line("a message, no plugin: the control", control);
  line("a message nobody of 20 wants", unwanted);
  line("a command of one of 20", command);
  line("a message all 20 listen to", all);
  print(`so for each of the 20 that hear it: × ${((all - control) / 20 / control).toFixed(2)}`);
}

/** Does `turn` over and over, with the memory and the number of objects on the heap beside it; at last what grew. */
async function series(what: string, turn: () => Promise<void>): Promise<void> {
  const start = performance.now();
  let settled = 0;
  for (let i = 0; i <= reloads; i++) {
    if (i % Math.max(1, reloads / 10) === 0) {
      const held = megabytes();
      if (i === Math.ceil(reloads / 5)) settled = held;
      print(`after ${i} ${what}: ${held.toFixed(1)} MB, ${heapStats().objectCount} objects`);
    }
    await turn();
  }
  print(`each takes ${((performance.now() - start) / reloads).toFixed(2)} ms`);
  print(`from the ${Math.ceil(reloads / 5)}th to the last it grew by ${(megabytes() - settled).toFixed(1)} MB`);
}

async function reloading(): Promise<void> {
  const house = await House.open({ "p.ts": commander(0) });
  await series("reloads", async () => {
    await house.host.reload("p0");
    house.lines.length = 0;
  });
  await house.close();
}

/** As the least that a plugin's thread does: it begins, hears one message, and is ended. */
async function bareThread(url: string): Promise<void> {
  const worker = new Worker(url);
  const [ready, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  worker.addEventListener("message", () => ready.resolve());
  worker.addEventListener("close", () => closed.resolve());
  await ready.promise;
  worker.terminate();
  await closed.promise;
}

await reloading();
const source = "self.onmessage = () => {}; postMessage(0);";
const bare = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
await series("bare threads", () => bareThread(bare));
await overhead();
