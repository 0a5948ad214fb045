import { expect, test } from "bun:test";
import { FormatRegistry, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { join } from "node:path";
import { describeEvent, exampleOf } from "../../src/core/model/events/event-schema.ts";
import { eventTypes } from "../../src/core/model/events/events.ts";
import { broken, type Fields, fieldsOf, frozenFields, presentFields } from "../golden/event-fields.ts";

const file = join(import.meta.dir, "../golden/events.json");
const frozen = (await Bun.file(file).json()) as Record<string, { data: unknown }>;

test.each(eventTypes)("%s: the example is what the schema says, and what was frozen is still in it", (type) => {
  FormatRegistry.Set("date-time", (text) => new Date(text).toISOString() === text);
  const { schema, example } = describeEvent(type);
  expect(schema.$id).toBe(`urn:merpati:event:${type}:1`);
  expect([...Value.Errors(schema, example)]).toEqual([]);
  const promised = frozen[type];
  if (promised === undefined) throw new Error(`freeze it: add ${JSON.stringify(exampleOf(type))} to ${file}`);
  expect(missing(promised, example)).toEqual([]);
});

test("no event that was promised is gone", () => {
  expect(Object.keys(frozen).filter((type) => !eventTypes.some((each) => each === type))).toEqual([]);
});

test("a field that disappears or changes its type is noticed", () => {
  expect(missing({ a: 1, b: { c: "x" } }, { a: 1, b: { c: 2 }, d: 3 })).toEqual([".b.c"]);
  expect(missing({ a: 1 }, {})).toEqual([".a"]);
});

const promised = (await Bun.file(frozenFields).json()) as Record<string, Fields>;
const present = presentFields();

test.each(Object.keys(promised))("%s: every field that its schema promised is there, and of its type", (type) => {
  expect(broken(promised[type] ?? {}, present[type] ?? {})).toEqual([]);
});

test("what is new in a schema is promised from now on", () => {
  const young = Object.entries(present).flatMap(([type, fields]) =>
    Object.keys(fields).filter((path) => promised[type]?.[path] === undefined),
  );
  if (young.length > 0) throw new Error(`freeze it: bun test/golden/event-fields.ts adds ${young.join(", ")}`);
});

test("a schema that keeps less than it promised is noticed", () => {
  const before = Type.Object({
    name: Type.String(),
    note: Type.Optional(Type.String()),
    state: Type.Union([Type.Literal("on"), Type.Literal("off")]),
    list: Type.Array(Type.Object({ at: Type.Integer() })),
    said: Type.Union([Type.Object({ kind: Type.Literal("text"), text: Type.String() }), Type.Null()]),
  });
  const after = (change: object) => broken(fieldsOf(before), fieldsOf({ ...before, ...change }));
  const property = (name: keyof typeof before.properties, schema: object) =>
    after({ properties: { ...before.properties, [name]: schema } });
  const { name: _, ...rest } = before.properties;
  expect(after({ properties: rest })).toEqual([".name was string, is gone"]);
  expect(after({ required: ["state", "list", "said"] })).toEqual([".name was string, is string?"]);
  expect(property("name", Type.Number())).toEqual([".name was string, is number"]);
  expect(property("name", Type.Union([Type.String(), Type.Null()]))).toEqual([".name was string, is null|string"]);
  expect(property("state", Type.Literal("on"))).toEqual(['.state="off" was word, is gone']);
  expect(property("list", Type.Array(Type.Object({ at: Type.String() })))).toEqual([
    ".list[].at was integer, is string",
  ]);
  expect(property("said", Type.Object({ kind: Type.Literal("text") }))).toEqual([
    ".said was null|object, is object",
    ".said<text>.text was string, is gone",
  ]);
  const more = { more: Type.String(), state: Type.Union([before.properties.state, Type.Literal("new")]) };
  expect(
    after({ properties: { ...before.properties, ...more }, required: [...(before.required ?? []), "note"] }),
  ).toEqual([]);
});

/** Fields of the old example that the new one has not, or has as something else. Null stands for any type. */
function missing(old: unknown, now: unknown, path = ""): string[] {
  if (old === null || now === null) return now === undefined ? [path] : [];
  if (typeof old !== typeof now || Array.isArray(old) !== Array.isArray(now)) return [path];
  if (typeof old !== "object" || typeof now !== "object") return [];
  const present = new Map(Object.entries(now));
  return Object.entries(old).flatMap(([key, value]) => missing(value, present.get(key), `${path}.${key}`));
}
