import { assertNever } from "../../core/base/failure.ts";
import type { FieldShape } from "../contract/words.ts";

/** Where values come from, the first that has one wins: set through the API, the environment, plugins/config.toml. */
export interface SettingSources {
  api: Record<string, unknown>;
  environment: Record<string, string | undefined>;
  file: Record<string, unknown>;
}

export type Shapes = Record<string, FieldShape>;

/** `PLUGIN_AUTO_REPLY_RULES` for the setting `rules` of auto-reply. */
export function environmentName(plugin: string, setting: string): string {
  return `PLUGIN_${upperSnake(plugin)}_${upperSnake(setting)}`;
}

function upperSnake(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2");
  return words.replaceAll("-", "_").toUpperCase();
}

/** Every setting checked and filled in; throws a sentence that names plugin and setting. */
export function resolveSettings(plugin: string, shapes: Shapes, sources: SettingSources): Record<string, unknown> {
  const unknown = [...Object.keys(sources.file), ...Object.keys(sources.api)].find((name) => !(name in shapes));
  if (unknown !== undefined)
    throw new Error(
      `${plugin}.${unknown} is no setting of ${plugin}; there are: ${Object.keys(shapes).join(", ") || "none"}`,
    );
  const values: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const variable = environmentName(plugin, name);
    const fromEnvironment = sources.environment[variable];
    let given = sources.file[name];
    if (fromEnvironment !== undefined) given = fromText(shape, fromEnvironment, variable);
    if (name in sources.api) given = sources.api[name];
    values[name] = check(shape, given, `${plugin}.${name}`, variable);
  }
  return values;
}

/** Settings as they may be shown: secrets masked. */
export function shownSettings(shapes: Shapes, values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, mask(shape, values[name])]));
}

function mask(shape: FieldShape, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (shape.secret) return "••••••";
  if (shape.type === "group") return shownSettings(shape.fields ?? {}, value as Record<string, unknown>);
  if (shape.type === "list" && shape.items && Array.isArray(value))
    return value.map((item) => mask(shape.items as FieldShape, item));
  return value;
}

function fromText(shape: FieldShape, text: string, variable: string): unknown {
  switch (shape.type) {
    case "string":
    case "choice":
      return text;
    case "boolean":
      return /^(true|1|yes|on)$/i.test(text) ? true : /^(false|0|no|off)$/i.test(text) ? false : text;
    case "integer":
    case "number":
      return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
    default:
      try {
        return JSON.parse(text);
      } catch {
        throw new Error(`${variable} takes JSON`);
      }
  }
}

/** The value, filled in; throws a sentence that begins with `path`. */
export function check(shape: FieldShape, given: unknown, path: string, variable: string): unknown {
  if (given === undefined && shape.type === "group") given = {};
  if (given === undefined) {
    if (!shape.required) return shape.default;
    throw new Error(`${path} is not set: put it into config.toml under [${path.split(".")[0]}] or into ${variable}`);
  }
  const flaw = flawOf(shape, given);
  if (flaw) throw new Error(`${path} ${flaw}, not ${shape.secret ? "what is set" : JSON.stringify(given)}`);
  if (shape.type === "list")
    return (given as unknown[]).map((item, i) =>
      check(shape.items ?? { type: "string", required: true }, item, `${path}[${i}]`, variable),
    );
  if (shape.type !== "group") return given;
  const fields = shape.fields ?? {};
  const unknown = Object.keys(given as object).find((name) => !(name in fields));
  if (unknown !== undefined)
    throw new Error(`${path}.${unknown} is no setting; there are: ${Object.keys(fields).join(", ")}`);
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      check(field, (given as Record<string, unknown>)[name], `${path}.${name}`, variable),
    ]),
  );
}

const formats = {
  url: { takes: "an http(s) address", fits: (text) => /^https?:\/\/\S+$/.test(text) && URL.canParse(text) },
  regexp: { takes: "a regular expression", fits: isRegExp },
  phone: { takes: "a phone number in digits with country code", fits: (text) => /^[1-9]\d{4,14}$/.test(text) },
} satisfies Record<NonNullable<FieldShape["format"]>, { takes: string; fits: (text: string) => boolean }>;

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

function flawOf(shape: FieldShape, given: unknown): string | null {
  const { min = -Infinity, max = Infinity } = shape;
  const between = `from ${shape.min ?? "…"} to ${shape.max ?? "…"}`;
  switch (shape.type) {
    case "string":
      if (typeof given !== "string") return "takes text";
      if (given.length < min || given.length > max) return `takes text of a length ${between}`;
      if (shape.format && !formats[shape.format].fits(given)) return `takes ${formats[shape.format].takes}`;
      return shape.pattern && !new RegExp(`^(?:${shape.pattern})$`, "u").test(given)
        ? `must match ${shape.pattern}`
        : null;
    case "integer":
    case "number":
      if (typeof given !== "number" || (shape.type === "integer" && !Number.isInteger(given)))
        return shape.type === "integer" ? "takes a whole number" : "takes a number";
      return given < min || given > max ? `takes a number ${between}` : null;
    case "boolean":
      return typeof given === "boolean" ? null : "takes true or false";
    case "choice":
      return shape.choices?.includes(given as string) ? null : `takes one of ${shape.choices?.join(", ")}`;
    case "list":
      if (!Array.isArray(given)) return "takes a list";
      return given.length > max ? `takes at most ${max}` : null;
    case "group":
      return typeof given === "object" && given !== null && !Array.isArray(given) ? null : "takes a group of settings";
    default:
      return assertNever(shape.type);
  }
}
