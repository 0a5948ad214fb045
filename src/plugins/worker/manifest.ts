import type { PluginDefinition } from "../../sdk.ts";
import type { Manifest } from "../protocol.ts";

const permission = /^(send|store|http|outgoing|groups|admin)$|^send:\S+$|^net:(\*|(\*\.)?[a-z0-9.-]+(:\d+)?)$/i;

/** What the default export says about itself; throws a sentence that names the field and the fix. */
export function manifestOf(made: unknown, file: string): Manifest {
  if (typeof made !== "object" || made === null || typeof (made as PluginDefinition).setup !== "function")
    throw new Error(`${base(file)} has no plugin: write "export default plugin({ name, setup(bot) { … } })"`);
  const definition = made as PluginDefinition;
  const { name, patience = 1.5, permissions = [] } = definition;
  if (typeof name !== "string" || !/^[a-z][a-z0-9-]{0,31}$/.test(name))
    throw new Error(`name takes a small letter, then at most 31 of a-z, 0-9 and -, not ${JSON.stringify(name)}`);
  if (!(patience >= 0.5 && patience <= 300)) throw new Error(`patience takes 0.5 to 300 seconds, not ${patience}`);
  const unknown = permissions.find((asked) => !permission.test(asked));
  if (unknown !== undefined)
    throw new Error(
      `"${unknown}" is no permission; there are send, send:<number>, net:<host>, store, http, outgoing, groups, admin`,
    );
  return {
    name,
    description: definition.description ?? "",
    version: definition.version ?? null,
    config: JSON.parse(JSON.stringify(definition.config ?? {})) as Manifest["config"],
    permissions: [...permissions],
    enabled: definition.enabled ?? true,
    patience: patience * 1000,
    texts: definition.texts ?? {},
  };
}

const base = (file: string) => file.split(/[\\/]/).at(-1);
