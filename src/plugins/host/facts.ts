import { readFile } from "node:fs/promises";
import type { Clock } from "../../core/base/clock.ts";
import type { PluginData } from "../../core/ports/plugin-data.ts";
import type { PluginCommand, PluginFacts } from "../../core/ports/plugins.ts";
import { nextAfter } from "../contract/cron.ts";
import type { Installed } from "../lifecycle/installed.ts";
import { sourceCommands } from "../lifecycle/source-commands.ts";
import type { PluginRecords } from "../settings/plugin-records.ts";

interface FactSources {
  records: PluginRecords;
  data: PluginData;
  clock: Clock;
  zone: string;
}

/** What a plugin registered, did and keeps, for whoever administers it. */
export async function factsOf(plugin: Installed, { records, data, clock, zone }: FactSources): Promise<PluginFacts> {
  const { name, registered, faults } = plugin;
  const origin = await records.origin(name);
  return {
    commands: registered ? registered.commands.filter(({ hidden }) => !hidden).map(shown) : await written(plugin.file),
    routes: registered?.routes ?? [],
    schedules: (registered?.schedules ?? []).map(({ cron, options: { zone: own = zone } }) => ({
      cron,
      zone: own,
      next: nextAfter(cron, own, clock.now()),
    })),
    hears: registered?.subscribedTo ?? [],
    stored: await data.count(name),
    faults: [...faults],
    origin: origin && { url: origin.url, path: origin.path, hash: origin.hash },
  };
}

const shown = ({ name, usage, description }: PluginCommand): PluginCommand => ({ name, usage, description });

/** What one that does not run says in its source. */
async function written(file: string): Promise<PluginCommand[]> {
  try {
    return sourceCommands(await readFile(file, "utf8"), file);
  } catch {
    // Why it cannot be read stands in its problem.
    return [];
  }
}
