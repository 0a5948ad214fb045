import { expect, test } from "bun:test";
import { faults, withFault } from "./faults.ts";
import { Finding, Fuzz } from "./fuzz.ts";
import { libraryFolder, loadLibrary } from "./library.ts";

/** `SIGNAL_FUZZ_STEPS=1000000` is the long run. */
const steps = Number(process.env["SIGNAL_FUZZ_STEPS"] ?? 20_000);
const seed = Number(process.env["SIGNAL_FUZZ_SEED"] ?? Date.now() % 1_000_000);
/** The same each time: the steps are then the same, and the fault is found or is not. */
const plantedSeed = 1;
const minutes = 60_000;

test(
  `${steps} steps between our library and libsignal, seed ${seed}`,
  async () => {
    const fuzz = new Fuzz(seed, await loadLibrary(libraryFolder));
    await fuzz.run(steps);
    const least = Math.floor(steps / 2_000);
    for (const [step, count] of Object.entries(fuzz.counts)) {
      if (step !== "install" && step !== "rotate") expect(`${step}: ${count >= least}`).toBe(`${step}: true`);
    }
  },
  60 * minutes,
);

test.each(faults.map((fault) => [fault.name, fault] as const))(
  "a planted fault is found: %s",
  async (_, fault) => {
    using planted = await withFault(fault);
    const found = await new Fuzz(plantedSeed, planted.library).run(20_000).catch((error: unknown) => error);
    expect(found).toBeInstanceOf(Finding);
  },
  5 * minutes,
);
