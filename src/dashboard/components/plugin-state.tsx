import { request } from "../base/api.ts";
import { fill, w, wordFor } from "../words/words.ts";
import { Switch } from "./switch.tsx";
import type { Schemas } from "../base/schemas.ts";

/** A plugin as `/v1/admin/plugins` shows it. */
export type Plugin = Schemas["Plugin"];

const tones: Record<string, string> = { failed: "bad", disabled: "bad", loading: "busy", restarting: "busy" };

/** Said where the switch does not say it all. */
export const PluginState = ({ state }: { state: string }) =>
  state === "running" || state === "off" ? null : (
    <span class={`badge ${tones[state] ?? "calm"}`}>{wordFor(w.plugins.states, state)}</span>
  );

const isOn = (state: string): boolean => state === "running" || state === "restarting";

export const ofPlugins = ({ type }: { type: string }): boolean => type.startsWith("plugin.");

export const pluginPath = (name: string): string => `/v1/admin/plugins/${encodeURIComponent(name)}`;

/** Turns a plugin on or off; what it may do is shown before it does. */
export function PluginSwitch({ plugin, changed }: { plugin: Plugin; changed: () => void }) {
  const { name, state, permissions } = plugin;
  const on = isOn(state);
  const turn = async () => {
    await request("POST", `${pluginPath(name)}/${on ? "disable" : "enable"}`);
    changed();
  };
  const label = fill(on ? w.plugins.turnOffLabel : w.plugins.turnOnLabel, { name });
  const warning = on || permissions.length === 0 ? null : mayDo(permissions);
  return <Switch on={on} label={label} act={turn} warning={warning} />;
}

export const mayDo = (permissions: readonly string[]): string =>
  permissions.length === 0 ? w.plugins.noPermissions : fill(w.plugins.permissions, { list: permissions.join(", ") });
