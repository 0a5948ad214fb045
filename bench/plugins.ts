/**
 * What plugins cost: `bun bench/plugins.ts [reloads]`. Twenty plugins on a real store, messages handed to the host as the
 * courier does; then one plugin reloaded over and over (10,000 times) with the memory beside it, and as many bare
 * threads that do nothing: what the runtime keeps of a thread by itself.
 */
import { heapStats } from "bun:jsc";
import { House } from "../test/plugins/house.ts";

const reloads = Number(process.argv[2] ?? 10_000);
const messages = 2_000;
const print = (text: string) => void process.stdout.write(`${text}\n`);
const megabytes = () => {
  Bun.gc(true);
  return process.memoryUsage.rss() / 1e6;
};

const commander = (i: number) =>
  `export default { name: "p${i}", setup({ command }) { command("c${i}", () => {}); } };`;
const listener = (i: number) =>
  `export default { name: "p${i}", setup({ on }) { on("message.received", () => {}); } };`;
const twenty = (make: (i: number) => string) =>
  Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p${i}.ts`, make(i)]));

/** Microseconds a message, one after the other. */
async function each(house: House, text: string): Promise<number> {
  for (let i = 0; i < 50; i++) await house.says(text);
  const start = performance.now();
  for (let i = 0; i < messages; i++) await house.says(text);
  return ((performance.now() - start) / messages) * 1000;
}

async function overhead(): Promise<void> {
  const before = megabytes();
  const began = performance.now();
  const house = await House.open(twenty(commander));
  print(
    `20 plugins start in ${(performance.now() - began).toFixed(0)} ms and take ${(megabytes() - before).toFixed(0)} MB`,
  );
  print(`a message nobody wants:            ${(await each(house, "hello")).toFixed(1)} µs`);
  print(`a command of one of 20 plugins:    ${(await each(house, "!c7")).toFixed(1)} µs`);
  await house.close();
  const ears = await House.open(twenty(listener));
  print(`a message all 20 plugins listen to: ${(await each(ears, "hello")).toFixed(1)} µs`);
  await ears.close();
}

/** Does `turn` over and over, with the memory and the number of objects on the heap beside it. */
async function series(what: string, turn: () => Promise<void>): Promise<void> {
  const start = performance.now();
  for (let i = 0; i <= reloads; i++) {
    if (i % Math.max(1, reloads / 10) === 0)
      print(`after ${i} ${what}: ${megabytes().toFixed(1)} MB, ${heapStats().objectCount} objects`);
    await turn();
  }
  print(`each takes ${((performance.now() - start) / reloads).toFixed(2)} ms`);
}

async function reloading(): Promise<void> {
  const house = await House.open({ "p.ts": commander(0) });
  await series("reloads", async () => {
    await house.host.reload("p0");
    house.lines.length = 0;
  });
  await house.close();
}

async function bareThread(url: string): Promise<void> {
  const worker = new Worker(url);
  const [ready, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  worker.addEventListener("message", () => ready.resolve());
  worker.addEventListener("close", () => closed.resolve());
  await ready.promise;
  worker.terminate();
  await closed.promise;
}

await overhead();
await reloading();
const nothing = URL.createObjectURL(new Blob(["postMessage(0);"], { type: "text/javascript" }));
await series("bare threads", () => bareThread(nothing));
