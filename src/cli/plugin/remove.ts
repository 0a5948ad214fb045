import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import { Failure } from "../../core/base/failure.ts";
import type { Store } from "../../core/ports/store.ts";
import { shownFile } from "../../plugins/lifecycle/find.ts";
import { type FoundManifest, readManifests } from "../../plugins/lifecycle/manifests.ts";
import { deletePlugin, Removals } from "../../plugins/host/removals.ts";
import { openStore } from "../../store/open.ts";
import { ownerKeyOf } from "../../composition/owner-key.ts";
import { systemClock } from "../../composition/system.ts";
import { print } from "../base/command.ts";
import { dataFolder } from "../base/data-folder.ts";
import { confirm } from "./confirm.ts";

/** Milliseconds a running bot has to let go of it, and between two looks whether it has. */
const [patience, pause] = [10_000, 50];

interface WantedRemoval {
  name: string;
  keepData: boolean;
  yes: boolean;
}

/**
 * `merpati plugin remove <name> [--keep-data] [--yes]`: deletes a plugin's file or folder and what it stored. A running bot
 * stops it first and sees to its data itself.
 */
export async function removePlugin(config: Config, { name: wanted, keepData, yes }: WantedRemoval): Promise<void> {
  const { file, name } = await find(config.pluginsDir, wanted);
  const { store, isAlone } = await open(config);
  try {
    const stored = await store.pluginData.count(name);
    const entries = stored === 1 ? "1 entry" : `${stored} entries`;
    const fate = keepData ? "is kept" : "goes too (--keep-data keeps it)";
    const what = `${relative(process.cwd(), file)} is deleted. What it stored (${entries}, and its settings) ${fate}.`;
    await confirm(what, `Remove ${name}?`, yes);
    await remove(store, { file, name, keepData, isAlone, dir: resolve(config.pluginsDir) });
  } finally {
    await store.close();
  }
  print(`${name} is gone. What it stored is ${keepData ? "kept for when it comes back" : "deleted"}.`);
  const test = file.replace(/\.[cm]?[jt]sx?$/, ".test.ts");
  if (existsSync(test)) print(`Its test ${relative(process.cwd(), test)} is yours, and stays.`);
}

interface Removal {
  file: string;
  name: string;
  keepData: boolean;
  isAlone: boolean;
  dir: string;
}

async function remove(store: Store, { file, name, keepData, isAlone, dir }: Removal): Promise<void> {
  const removals = new Removals(store.pluginData);
  // Before the file goes: whoever notices that must know what it means, after a crash too.
  await removals.note(name, keepData);
  deletePlugin(file, dir);
  if (isAlone) return removals.settle(name, keepData);
  const until = performance.now() + patience;
  while ((await removals.pending()).includes(name)) {
    if (performance.now() > until)
      throw new Failure(
        "unavailable",
        `${file} is deleted; the running bot sees to what it stored when it starts anew.`,
      );
    await Bun.sleep(pause);
  }
}

/** With the folder's lock when nobody has it; else beside the bot that runs. */
async function open(config: Config): Promise<{ store: Store; isAlone: boolean }> {
  const options = {
    dir: dataFolder(config.sessionsDir),
    clock: systemClock,
    targetsOf: () => [],
    ownerKey: ownerKeyOf(config),
  };
  try {
    return { store: await openStore({ ...options, exclusive: true }), isAlone: true };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return { store: await openStore({ ...options, exclusive: false }), isAlone: false };
  }
}

/** One that does not load has the name of its file. */
async function find(dir: string, wanted: string): Promise<FoundManifest & { name: string }> {
  const all = (await readManifests(dir)).map((found) => ({
    ...found,
    name: found.manifest?.name ?? shownFile(found.file),
  }));
  const found = all.find(({ name }) => name === wanted);
  if (found) return found;
  const names = all.map(({ name }) => name).join(", ") || "none";
  throw new Failure("not_found", `There is no plugin "${wanted}" in ${dir}; there are: ${names}.`);
}
