import { createInterface } from "node:readline/promises";
import { utimesSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../../config.ts";
import { Failure } from "../../core/failure.ts";
import type { Store } from "../../core/store.ts";
import { type Found, readManifests } from "../../plugins/manifests.ts";
import { Notes } from "../../plugins/notes.ts";
import { print } from "../command.ts";

/** `merpati plugin list`. */
export async function listPlugins(config: Config, store: Store): Promise<void> {
  const notes = new Notes(store.pluginData, resolve(config.pluginsDir));
  for (const { file, manifest, problem } of await readManifests(config.pluginsDir)) {
    if (!manifest) print(`✗ ${file}: ${problem}`);
    else {
      const on = (await notes.wanted(manifest.name)) ?? manifest.enabled;
      const banished = await notes.banished(manifest.name);
      const state = banished ? `disabled: ${banished}` : on ? "on" : "off";
      const may = manifest.permissions.length > 0 ? ` May: ${manifest.permissions.join(", ")}.` : "";
      print(`${on && !banished ? "●" : "○"} ${manifest.name} (${state}) ${manifest.description}${may}`);
    }
  }
}

/** `merpati plugin enable|disable <name>`; a running bot notices at once, since the file is touched. */
export async function switchPlugin(config: Config, store: Store, on: boolean, args: readonly string[]): Promise<void> {
  const [name] = args.filter((arg) => !arg.startsWith("--"));
  const found = await find(config.pluginsDir, name);
  if (on && !args.includes("--yes")) await confirm(found);
  const notes = new Notes(store.pluginData, resolve(config.pluginsDir));
  await notes.want(found.manifest.name, on);
  if (on) await notes.banish(found.manifest.name, null);
  const now = new Date();
  utimesSync(found.file, now, now);
  print(`${found.manifest.name} is ${on ? "on" : "off"}.`);
}

export async function find(
  dir: string,
  name: string | undefined,
): Promise<Found & { manifest: NonNullable<Found["manifest"]> }> {
  const all = await readManifests(dir);
  const found = all.find(({ manifest }) => manifest !== null && manifest.name === name);
  if (!found?.manifest) {
    const names = all.flatMap(({ manifest }) => manifest?.name ?? []);
    throw new Failure(
      "not_found",
      `There is no plugin "${name ?? ""}" in ${dir}; there are: ${names.join(", ") || "none"}.`,
    );
  }
  return { ...found, manifest: found.manifest };
}

async function confirm({ manifest }: { manifest: { name: string; permissions: string[] } }): Promise<void> {
  if (manifest.permissions.length === 0) return;
  print(`${manifest.name} asks for: ${manifest.permissions.join(", ")}.`);
  if (!process.stdin.isTTY) throw new Failure("conflict", `Add --yes to allow ${manifest.name} that.`);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await lines.question("Allow that? [y/N] ");
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure("conflict", `${manifest.name} stays off.`);
}
