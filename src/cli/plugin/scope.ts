import { utimesSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import type { PluginScope } from "../../core/ports/plugins.ts";
import type { Store } from "../../core/ports/store.ts";
import { everywhere, PluginRecords } from "../../plugins/settings/plugin-records.ts";
import { tidy } from "../../plugins/routing/scopes.ts";
import { print } from "../base/command.ts";
import { find } from "./switch.ts";

interface WantedScope {
  name: string;
  device?: string[] | undefined;
  chat?: string[] | undefined;
  except?: string[] | undefined;
  everywhere: boolean;
}

/**
 * `merpati plugin scope <name> [--device shop]… [--chat 1203…@g.us]… [--except 628…]… | --everywhere`: where a plugin is on;
 * without options, says where. A running bot follows at once.
 */
export async function placePlugin(config: Config, store: Store, wanted: WantedScope): Promise<void> {
  const scope = scopeOf(wanted);
  const { file, manifest } = await find(config.pluginsDir, wanted.name);
  const records = new PluginRecords(store.pluginData, resolve(config.pluginsDir));
  if (scope) {
    await records.setScope(manifest.name, tidy(scope));
    const now = new Date();
    utimesSync(file, now, now);
  }
  print(`${manifest.name} is on ${told(await records.scope(manifest.name))}.`);
}

function scopeOf({ device, chat, except = [], everywhere: all }: WantedScope): PluginScope | null {
  if (all) return everywhere;
  const isNamed = device !== undefined || chat !== undefined || except.length > 0;
  return isNamed ? { devices: device ?? null, chats: chat ?? null, except } : null;
}

function told({ devices, chats, except }: PluginScope): string {
  const where = [
    devices === null ? "every device" : `the devices ${devices.join(", ")}`,
    chats === null ? "every chat" : `the chats ${chats.join(", ")}`,
  ].join(" and in ");
  return except.length > 0 ? `${where} but ${except.join(", ")}` : where;
}
