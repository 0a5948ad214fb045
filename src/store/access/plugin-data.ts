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
  const count = disk.prepare<{ count: number }, [string]>(
    "SELECT count(*) AS count FROM plugin_data WHERE plugin = ? AND substr(key, 1, 1) <> '$'",
  );
  const forgive = forgiver(disk);
  const { secrets } = disk.seal;
  const read = (plugin: string, { key, value }: Row): unknown =>
    JSON.parse(secrets?.openText(`plugin_data.value|${plugin}|${key}`, value) ?? value);
  const written = (plugin: string, key: string, value: unknown): string => {
    const text = JSON.stringify(value);
    return secrets?.sealText(`plugin_data.value|${plugin}|${key}`, text) ?? text;
  };
  return {
    get: async (plugin, key) => {
      const row = disk.read(() => one.get(plugin, key));
      return row ? read(plugin, row) : null;
    },
    set: async (plugin, key, value) => disk.write(() => void set.run(plugin, key, written(plugin, key, value))),
    delete: async (plugin, key) => disk.write(() => drop.run(plugin, key).changes > 0),
    list: async (plugin, prefix, limit) =>
      disk.read(() => list.all(plugin, prefix, limit)).map((row) => ({ key: row.key, value: read(plugin, row) })),
    count: async (plugin) => disk.read(() => count.get(plugin))?.count ?? 0,
    clear: async (plugin) => disk.write(() => void clear.run(plugin)),
    forgive: async (plugin) => {
      for (const target of [`plugin:${plugin}`, `plugin:${plugin}/bursts`] as const)
        await forgive(target, "the plugin was uninstalled", clock.now());
    },
  };
}
