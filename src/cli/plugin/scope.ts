import { utimesSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import type { PluginScope } from "../../core/ports/plugins.ts";
import type { Store } from "../../core/ports/store.ts";
import { everywhere, PluginRecords } from "../../plugins/settings/plugin-records.ts";
import { tidy } from "../../plugins/routing/scopes.ts";
import { print } from "../base/command.ts";
import { options } from "./options.ts";
import { find } from "./switch.ts";

/**
 * `merpati plugin scope <name> [--device shop]… [--chat 1203…@g.us]… [--except 628…]… | --everywhere`: where a plugin is on;
 * without options, says where. A running bot follows at once.
 */
export async function placePlugin(config: Config, store: Store, args: readonly string[]): Promise<void> {
  const { name, scope } = read(args);
  const { file, manifest } = await find(config.pluginsDir, name);
  const records = new PluginRecords(store.pluginData, resolve(config.pluginsDir));
  if (scope) {
    await records.setScope(manifest.name, tidy(scope));
    const now = new Date();
    utimesSync(file, now, now);
  }
  print(`${manifest.name} is on ${told(await records.scope(manifest.name))}.`);
}

function read(args: readonly string[]): { name: string | undefined; scope: PluginScope | null } {
  const list = { type: "string", multiple: true } as const;
  const known = { device: list, chat: list, except: list, everywhere: { type: "boolean" } } as const;
  const { values, positionals } = options(args, known);
  const { device = null, chat = null, except = [] } = values;
  const named = device !== null || chat !== null || except.length > 0;
  const scope = values.everywhere ? everywhere : named ? { devices: device, chats: chat, except } : null;
  return { name: positionals[0], scope };
}

function told({ devices, chats, except }: PluginScope): string {
  const where = [
    devices === null ? "every device" : `the devices ${devices.join(", ")}`,
    chats === null ? "every chat" : `the chats ${chats.join(", ")}`,
  ].join(" and in ");
  return except.length > 0 ? `${where} but ${except.join(", ")}` : where;
}
