import { expect, test } from "bun:test";
import { Glob } from "bun";

const kinds = String.raw`(?:default )?(?:declare )?(?:abstract )?(?:async )?(?:const enum|type|interface|class|enum|function\*?)`;
/** `export class Gate`, `export default function main`, `export abstract class …`. */
const declared = new RegExp(String.raw`^export ${kinds} +([A-Za-z_$][\w$]*)`, "gm");
/** `export { one, type Other as Name };`: what is declared in this file under its own name, and not re-exported. */
const listed = /^export (?:type )?\{([^}]*)\}(?! from);?/gm;

/** What a file exports: types, interfaces, classes, enums and functions. Constants and re-exports are none of them. */
function exportsOf(text: string): string[] {
  const names = [...text.matchAll(declared)].map(([, name = ""]) => name);
  for (const [, list = ""] of text.matchAll(listed))
    for (const [, own = "", as] of list.matchAll(/(?:type )?([\w$]+)(?: as ([\w$]+))?/g))
      if (new RegExp(String.raw`^${kinds} +${own.replaceAll("$", "\\$")}\b`, "m").test(text)) names.push(as ?? own);
  return names;
}

/** Names that two files export, each with its files. */
export function twice(files: ReadonlyMap<string, string>): string[] {
  const homes = new Map<string, Set<string>>();
  for (const [file, text] of files)
    for (const name of exportsOf(text)) homes.set(name, (homes.get(name) ?? new Set()).add(file));
  return [...homes].filter(([, where]) => where.size > 1).map(([name, where]) => `${name}: ${[...where].join(", ")}`);
}

test("no name means two things: each is exported from one file", async () => {
  const files = new Map<string, string>();
  for await (const file of new Glob("src/**/*.{ts,tsx}").scan(".")) files.set(file, await Bun.file(file).text());
  // It holds the declarations that plugins see as a text.
  files.delete("src/plugins/kit/kit.ts");
  expect(twice(files)).toEqual([]);
});

test("the rule sees a name that two files export", () => {
  const files = (one: string, other: string) =>
    new Map([
      ["a.ts", one],
      ["b.ts", other],
    ]);
  expect(twice(files("export class Gate {}", "export interface Gate {}"))).toEqual(["Gate: a.ts, b.ts"]);
  expect(twice(files("export async function open() {}", "export default function open() {}"))).toHaveLength(1);
  expect(twice(files("export type A = 1;", "export type B = 2;\nexport { A } from './a.ts';"))).toEqual([]);
  expect(
    twice(files("export { A, type B as C };\ntype B = 1;\nclass A {}", "export class A {}\nexport enum C {}")),
  ).toEqual(["A: a.ts, b.ts", "C: a.ts, b.ts"]);
  expect(twice(files("export const f = 1;", "export const f = [];"))).toEqual([]);
  expect(twice(files("export function f(a: 1): void;\nexport function f(a: 2): void;", ""))).toEqual([]);
});
