/**
 * Baileys and libsignal as they come from the registry: copies with our patches taken off, for control runs. An alias in
 * package.json would be patched too.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hunksOf, unpatched } from "./unpatch.ts";

const root = join(import.meta.dir, "../..");
const { patchedDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  patchedDependencies: Record<string, string>;
};
/** Inside the project, so that what they depend on is found. */
const artefacts = join(root, "artefacts");
const patches = Object.values(patchedDependencies).map((file) => readFileSync(join(root, file), "utf8"));
const home = join(artefacts, `stock-${Bun.hash(patches.join("")).toString(36)}`);

/** Makes the copies once for each state of the patches; others may do so at the same time. */
function make(): void {
  if (existsSync(home)) return;
  mkdirSync(artefacts, { recursive: true });
  const made = mkdtempSync(join(artefacts, "making-"));
  Object.keys(patchedDependencies).forEach((name, at) => copy(name.replace(/@[^@]*$/, ""), patches[at] ?? "", made));
  try {
    renameSync(made, home);
  } catch (error) {
    rmSync(made, { recursive: true });
    if (!existsSync(home)) throw error;
  }
}

function copy(name: string, patch: string, into: string): void {
  const target = join(into, "node_modules", name);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(root, "node_modules", name), target, { recursive: true });
  for (const [file, hunks] of hunksOf(patch)) {
    const path = join(target, file);
    writeFileSync(path, unpatched(readFileSync(path, "utf8"), hunks));
  }
}

/** A module of a stock package: `@whiskeysockets/baileys/lib/index.js`. */
export async function stock<T>(module: string): Promise<T> {
  make();
  return (await import(join(home, "node_modules", module))) as T;
}

export const stockBaileys = (): Promise<typeof import("@whiskeysockets/baileys")> =>
  stock("@whiskeysockets/baileys/lib/index.js");
