import { expect, test } from "bun:test";
import { FormatRegistry } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { join } from "node:path";
import { describeEvent, exampleOf } from "../../src/core/event-schema.ts";
import { eventTypes } from "../../src/core/events.ts";

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

/** Fields of the old example that the new one has not, or has as something else. Null stands for any type. */
function missing(old: unknown, now: unknown, path = ""): string[] {
  if (old === null || now === null) return now === undefined ? [path] : [];
  if (typeof old !== typeof now || Array.isArray(old) !== Array.isArray(now)) return [path];
  if (typeof old !== "object" || typeof now !== "object") return [];
  const present = new Map(Object.entries(now));
  return Object.entries(old).flatMap(([key, value]) => missing(value, present.get(key), `${path}.${key}`));
}
