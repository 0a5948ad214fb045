import { may, request } from "../base/api.ts";
import { pluginWords } from "../words/plugins.ts";
import { fill, wordFor } from "../words/words.ts";
import { pluginPath } from "./plugin-path.ts";
import { Switch } from "./switch.tsx";
import type { Schemas } from "../base/schemas.ts";

/** A plugin as `/v1/admin/plugins` shows it. */
export type Plugin = Schemas["Plugin"];

const tones: Record<string, string> = { failed: "bad", disabled: "bad", loading: "busy", restarting: "busy" };

/** Said where the switch does not say it all, or is not there. */
export const PluginState = ({ state }: { state: string }) =>
  may("manage") && (state === "running" || state === "off") ? null : (
    <span class={`badge ${tones[state] ?? "calm"}`}>{wordFor(pluginWords().states, state)}</span>
  );

const isOn = (state: string): boolean => state === "running" || state === "restarting";

/** Turns a plugin on or off; what it may do is shown before it does. */
export function PluginSwitch({ plugin, changed }: { plugin: Plugin; changed: () => void }) {
  const { name, state, permissions } = plugin;
  if (!may("manage")) return null;
  const on = isOn(state);
  const turn = async () => {
    await request("POST", `${pluginPath(name)}/${on ? "disable" : "enable"}`);
    changed();
  };
  const label = fill(on ? pluginWords().turnOffLabel : pluginWords().turnOnLabel, { name });
  const warning = on || permissions.length === 0 ? null : mayDo(permissions);
  return <Switch on={on} label={label} act={turn} warning={warning} />;
}

export const mayDo = (permissions: readonly string[]): string =>
  permissions.length === 0
    ? pluginWords().noPermissions
    : fill(pluginWords().permissions, { list: permissions.join(", ") });
