import { existsSync, readFileSync } from "node:fs";
import * as sdk from "../../sdk/index.ts";
import { noSuch } from "../contract/meant.ts";
import type { Manifest } from "../contract/protocol.ts";
import { flawOfShapes } from "../settings/shapes.ts";

const permission =
  /^(send|store|http|outgoing|media|groups|admin|system)$|^send:\S+$|^net:(\*|(\*\.)?[a-z0-9.-]+(:\d+)?)$/i;
const permissions = [
  "send",
  "send:<number>",
  "net:<host>",
  "store",
  "http",
  "outgoing",
  "media",
  "groups",
  "admin",
  "system",
];
const fields = ["name", "description", "version", "config", "permissions", "enabled", "patience", "texts", "setup"];

/** What the default export says about itself; throws a sentence that names file, line, field and fix. */
export function manifestOf(made: unknown, file: string): Manifest {
  const wrong = flawOf(made, file);
  if (wrong) throw placed(wrong.flaw, file, wrong.near);
  const { name, patience = 1.5, ...definition } = made as sdk.PluginDefinition;
  return {
    name,
    description: definition.description ?? "",
    version: definition.version ?? null,
    config: JSON.parse(JSON.stringify(definition.config ?? {})) as Manifest["config"],
    permissions: [...(definition.permissions ?? [])],
    enabled: definition.enabled ?? true,
    patience: patience * 1000,
    texts: definition.texts ?? {},
  };
}

/** An import that failed, said so that it helps, with file and line, which the runtime does not tell. */
export function importFailure(thrown: unknown, file: string): unknown {
  const said = (thrown as Error | null)?.message ?? "";
  const [, name, from] = /Export named '([^']+)' not found in module '([^']+)'/.exec(said) ?? [];
  if (name !== undefined) {
    const there = from === "merpati" ? noSuch("export", name, Object.keys(sdk)) : `there is no export "${name}"`;
    return placed(`import from "${from}": ${there}`, file, name);
  }
  const [, kind, what, home] =
    /Cannot find (module|package) '([^']+)'(?: imported)? from '?([^']+?)'?$/.exec(said) ?? [];
  if (kind === undefined || what === undefined || home === undefined) return thrown;
  const fix = kind === "module" ? "there is no such file" : "it is not installed in node_modules beside the plugin";
  return placed(`import "${what}": ${fix}`, home, what);
}

interface Flaw {
  flaw: string;
  /** Stands in the line that is to be shown. */
  near: string;
}

function flawOf(made: unknown, file: string): Flaw | null {
  if (typeof made !== "object" || made === null || typeof (made as sdk.PluginDefinition).setup !== "function") {
    const flaw = `${base(file)} has no plugin: write "export default plugin({ name, setup(bot) { … } })"`;
    return { flaw, near: "export" };
  }
  const { name, patience = 1.5, permissions: asked = [], config = {}, texts = {} } = made as sdk.PluginDefinition;
  const unknown = Object.keys(made).find((field) => !fields.includes(field));
  if (unknown !== undefined) return { flaw: `plugin({ … }): ${noSuch("field", unknown, fields)}`, near: unknown };
  if (typeof name !== "string" || !/^[a-z][a-z0-9-]{0,31}$/.test(name)) {
    const flaw = `name takes a small letter, then at most 31 of a-z, 0-9 and -, not ${JSON.stringify(name)}`;
    return { flaw, near: typeof name === "string" ? name : "name" };
  }
  if (!(patience >= 0.5 && patience <= 300))
    return { flaw: `patience takes 0.5 to 300 seconds, not ${patience}`, near: "patience" };
  if (!Array.isArray(asked)) return { flaw: 'permissions takes a list, e.g. ["store"]', near: "permissions" };
  const odd = asked.find((each) => !permission.test(String(each)));
  if (odd !== undefined) return { flaw: noSuch("permission", String(odd), permissions), near: String(odd) };
  const flaw = flawOfShapes("config", config);
  if (flaw) return { flaw, near: `${/^config\.(\w+)/.exec(flaw)?.[1] ?? "config"}:` };
  const isTexts = (value: unknown) => typeof value === "object" && value !== null;
  return isTexts(texts) && Object.values(texts).every(isTexts)
    ? null
    : { flaw: 'texts takes texts by language and key: { en: { hello: "Hi {name}" } }', near: "texts" };
}

/** An error that names file and line of `near`. */
export function placed(message: string, file: string, near: string): Error {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const index = lines.findIndex((line) => line.includes(near));
  return Object.assign(new Error(message), { position: { file, line: index === -1 ? null : index + 1 } });
}

const base = (file: string) => file.split(/[\\/]/).at(-1);
