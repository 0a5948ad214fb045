import { join } from "node:path";
import { describeEvent } from "../../src/core/model/events/event-schema.ts";
import { eventTypes } from "../../src/core/model/events/events.ts";

/** What is promised of every event: each field by its path, with its type. `bun test/golden/event-fields.ts` adds new ones. */
export const frozenFields = join(import.meta.dir, "event-fields.json");

export type Fields = Record<string, string>;

/** The part of JSON Schema that our events are made of. */
interface Schema {
  type?: string;
  const?: unknown;
  format?: string;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
}

/**
 * A schema as lines that can be compared: `data.chat: "string"`, `data.name: "null|string"`, with `?` where it may be
 * absent, `data.content<text>.text` where a `kind` tells variants apart, and a line for each word that a field may hold.
 */
export function fieldsOf(schema: object, path = "", absent = ""): Fields {
  const variants = variantsOf(schema);
  const types = [...new Set(variants.map(typeOf))].toSorted();
  const fields: Fields = path === "" ? {} : { [path]: types.join("|") + absent };
  for (const variant of variants) {
    const { properties = {}, required = [], items, const: word } = variant;
    if (word !== undefined && word !== null) fields[`${path}=${JSON.stringify(word)}`] = "word";
    if (items !== undefined) Object.assign(fields, fieldsOf(items, `${path}[]`));
    const kind = properties["kind"]?.const;
    const within = typeof kind === "string" ? `${path}<${kind}>` : path;
    for (const [name, field] of Object.entries(properties)) {
      Object.assign(fields, fieldsOf(field, `${within}.${name}`, required.includes(name) ? "" : "?"));
    }
  }
  return fields;
}

const variantsOf = (schema: Schema): Schema[] => schema.anyOf?.flatMap(variantsOf) ?? [schema];

function typeOf({ type, format, ...schema }: Schema): string {
  if (type === undefined) throw new Error(`teach this file what ${JSON.stringify(schema).slice(0, 200)} promises`);
  return format === undefined ? type : `${type}(${format})`;
}

/** What receivers rely on and would not find any more. */
export function broken(promised: Fields, present: Fields): string[] {
  return Object.entries(promised).flatMap(([path, was]) => {
    const is = present[path];
    // What was optional may be there always.
    return is === was || `${is}?` === was ? [] : [`${path} was ${was}, is ${is ?? "gone"}`];
  });
}

export const presentFields = (): Record<string, Fields> =>
  Object.fromEntries(eventTypes.map((type) => [type, fieldsOf(describeEvent(type).schema)]));

if (import.meta.main) {
  const promised: Record<string, Fields> = (await Bun.file(frozenFields).exists())
    ? await Bun.file(frozenFields).json()
    : {};
  const together = Object.entries(presentFields()).map(([type, fields]) => [type, { ...fields, ...promised[type] }]);
  await Bun.write(frozenFields, `${JSON.stringify({ ...promised, ...Object.fromEntries(together) }, null, 2)}\n`);
}
