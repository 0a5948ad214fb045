import type { Clock } from "../../core/base/clock.ts";
import type { PluginData } from "../../core/ports/plugin-data.ts";
import type { Disk } from "../sqlite/disk.ts";
import { forgiver } from "../events/forgive.ts";

interface Row {
  key: string;
  value: string;
}

export function pluginDataOn(disk: Disk, clock: Clock): PluginData {
  const one = disk.prepare<Row, [string, string]>("SELECT key, value FROM plugin_data WHERE plugin = ? AND key = ?");
  const set = disk.prepare("INSERT INTO plugin_data VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
  const drop = disk.prepare("DELETE FROM plugin_data WHERE plugin = ? AND key = ?");
  const clear = disk.prepare("DELETE FROM plugin_data WHERE plugin = ?");
  // Not LIKE: a prefix may hold % and _, and LIKE folds case.
  const list = disk.prepare<Row, [string, string, number]>(
    `SELECT key, value FROM plugin_data
      WHERE plugin = ?1 AND key >= ?2 AND substr(key, 1, length(?2)) = ?2
        AND (substr(key, 1, 1) <> '$' OR substr(?2, 1, 1) = '$')
      ORDER BY key LIMIT ?3`,
  );
  const forgive = forgiver(disk);
  return {
    get: async (plugin, key) => {
      const row = disk.read(() => one.get(plugin, key));
      return row ? (JSON.parse(row.value) as unknown) : null;
    },
    set: async (plugin, key, value) => disk.write(() => void set.run(plugin, key, JSON.stringify(value))),
    delete: async (plugin, key) => disk.write(() => drop.run(plugin, key).changes > 0),
    list: async (plugin, prefix, limit) =>
      disk
        .read(() => list.all(plugin, prefix, limit))
        .map(({ key, value }) => ({ key, value: JSON.parse(value) as unknown })),
    clear: async (plugin) => disk.write(() => void clear.run(plugin)),
    forgive: (plugin) => forgive(`plugin:${plugin}`, "the plugin was uninstalled", clock.now()),
  };
}
