/** `bun test/whatsapp/signal/run-fuzz.ts [steps] [seed]` */
import { Fuzz } from "./fuzz.ts";
import { loadLibrary } from "./library.ts";

const [steps = 20_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const fuzz = new Fuzz(seed, await loadLibrary());
const begun = performance.now();
await fuzz.run(steps).catch((error: unknown) => {
  process.stdout.write(`seed ${seed}: ${String(error)}\n`);
  process.exitCode = 1;
});
process.stdout.write(
  `seed ${seed}, ${((performance.now() - begun) / 1000).toFixed(1)} s, ${JSON.stringify(fuzz.counts)}\n`,
);
