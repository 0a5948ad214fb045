import { readFile } from "node:fs/promises";
import { type Expression, type ObjectExpression, parse, type Property } from "acorn";
import { PluginFault } from "../contract/fault.ts";
import { problemOf } from "../contract/place.ts";
import type { Manifest } from "../contract/protocol.ts";
import { manifestOf } from "../worker/manifest.ts";
import { ModuleReader, NotLiteral } from "./literal.ts";

/** What decides over a plugin is read before it runs; what it also says of itself may wait until it does. */
const deciding: readonly string[] = ["name", "enabled", "permissions"];

/**
 * What a plugin says of itself, read from its source: nothing of it is run, so that one that is off runs nothing at all.
 * Throws a `PluginFault`.
 */
export async function sourceManifest(file: string, root: string): Promise<Manifest> {
  return manifestInText(await readFile(file, "utf8"), file, root);
}

/** The same of a source that is in no file. */
export function manifestInText(source: string, file: string, root: string): Manifest {
  const script = transpiled(source, file);
  try {
    const reader = new ModuleReader(parse(script, { ecmaVersion: "latest", sourceType: "module" }));
    const { exported } = reader;
    return manifestOf(exported === null ? undefined : definition(reader, exported, source, file), file);
  } catch (thrown) {
    const place =
      thrown instanceof NotLiteral ? { message: thrown.message, file, line: null } : problemOf(thrown, root);
    throw new PluginFault("load", place);
  }
}

/** As JavaScript. Throws a `PluginFault`. */
export function transpiled(source: string, file: string): string {
  const [, extension = "ts"] = /\.[cm]?([jt]sx?)$/.exec(file) ?? [];
  try {
    return new Bun.Transpiler({ loader: extension as "ts" }).transformSync(source);
  } catch (thrown) {
    const first: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
    const { message, position } = first as { message: string; position?: { line?: number } | null };
    throw new PluginFault("load", { message, file, line: position?.line ?? null });
  }
}

function definition(reader: ModuleReader, exported: Expression, source: string, file: string): unknown {
  const made = objectIn(reader, exported);
  if (made === null) return undefined;
  return Object.fromEntries(made.properties.map((each) => entryOf(reader, each as Property, source, file)));
}

/** `{ … }`, or `plugin({ … })`. */
function objectIn(reader: ModuleReader, exported: Expression): ObjectExpression | null {
  if (exported.type === "ObjectExpression") return exported;
  const [given] = exported.type === "CallExpression" ? exported.arguments : [];
  const object = given ? reader.resolved(given as Expression) : null;
  return object?.type === "ObjectExpression" ? object : null;
}

function entryOf(reader: ModuleReader, property: Property, source: string, file: string): [string, unknown] {
  const name = reader.keyOf(property);
  // It is there; what it does is seen when it runs.
  if (name === "setup") return [name, () => {}];
  try {
    return [name, reader.value(property.value)];
  } catch (thrown) {
    if (!deciding.includes(name)) return [name, undefined];
    if (!(thrown instanceof NotLiteral)) throw thrown;
    const line = source.split("\n").findIndex((each) => each.includes(`${name}:`) || each.includes(name));
    const message = `${name} must be written out as a literal: it is read before the plugin runs`;
    throw Object.assign(new Error(message), { position: { file, line: line < 0 ? null : line + 1 } });
  }
}
