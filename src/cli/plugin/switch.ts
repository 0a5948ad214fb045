import { utimesSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import { Failure } from "../../core/base/failure.ts";
import type { Store } from "../../core/ports/store.ts";
import { type FoundManifest, readManifests } from "../../plugins/lifecycle/manifests.ts";
import { PluginRecords } from "../../plugins/settings/plugin-records.ts";
import { print, printable } from "../base/command.ts";
import { confirm } from "./confirm.ts";

/** `merpati plugin list`. */
export async function listPlugins(config: Config, store: Store): Promise<void> {
  const records = new PluginRecords(store.pluginData, resolve(config.pluginsDir));
  for (const { file, manifest, problem } of await readManifests(config.pluginsDir)) {
    if (!manifest) print(`✗ ${file}: ${problem}`);
    else {
      const on = (await records.wanted(manifest.name)) ?? manifest.enabled;
      const disabled = await records.disabledReason(manifest.name);
      const state = disabled ? `disabled: ${disabled}` : on ? "on" : "off";
      const may = manifest.permissions.length > 0 ? ` May: ${manifest.permissions.join(", ")}.` : "";
      const origin = await records.origin(manifest.name);
      const from = origin ? ` From ${origin.url}, ${origin.hash.slice(0, 12)}.` : "";
      print(
        printable(`${on && !disabled ? "●" : "○"} ${manifest.name} (${state}) ${manifest.description}${may}${from}`),
      );
    }
  }
}

/** `merpati plugin enable|disable <name>`; a running bot notices at once, since the file is touched. */
export async function switchPlugin(
  config: Config,
  store: Store,
  { name, on, yes }: { name: string; on: boolean; yes: boolean },
): Promise<void> {
  const found = await find(config.pluginsDir, name);
  const { name: plugin, permissions } = found.manifest;
  if (on && permissions.length > 0) await confirm(`${plugin} asks for: ${permissions.join(", ")}.`, "Allow that?", yes);
  const records = new PluginRecords(store.pluginData, resolve(config.pluginsDir));
  await records.want(found.manifest.name, on);
  if (on) await records.setDisabled(found.manifest.name, null);
  const now = new Date();
  utimesSync(found.file, now, now);
  print(`${found.manifest.name} is ${on ? "on" : "off"}.`);
}

export async function find(
  dir: string,
  name: string,
): Promise<FoundManifest & { manifest: NonNullable<FoundManifest["manifest"]> }> {
  const all = await readManifests(dir);
  const found = all.find(({ manifest }) => manifest !== null && manifest.name === name);
  if (!found?.manifest) {
    const names = all.flatMap(({ manifest }) => manifest?.name ?? []);
    throw new Failure("not_found", `There is no plugin "${name}" in ${dir}; there are: ${names.join(", ") || "none"}.`);
  }
  return { ...found, manifest: found.manifest };
}
