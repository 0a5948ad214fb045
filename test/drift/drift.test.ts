import { expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { knownFields, newerFields } from "../../src/whatsapp/codec/fields/known-fields.ts";
import { changes, installedDefinition, parseDefinition } from "./definition.ts";

test("the table of known fields is the installed definition's", () => {
  // Each line is a field to read or to leave alone on purpose; then: bun test/drift/compare.ts --write
  expect(changes(knownFields(), installedDefinition())).toEqual([]);
});

test("what is listed as newer is not in the installed definition", () => {
  const installed = installedDefinition();
  const learned = [...newerFields()].flatMap(([type, fields]) =>
    [...fields].flatMap(([number, name]) => (installed.get(type)?.has(number) ? [`${type} ${number} ${name}`] : [])),
  );
  expect(learned).toEqual([]);
  expect([...newerFields().keys()].filter((type) => !installed.has(type))).toEqual([]);
});

test("the definition is the one that decodes", () => {
  const holders = [...(knownFields().get("Message") ?? [])].filter(([, name]) => name.includes(":"));
  const numbers = holders.map(([, name]) => {
    const [tag = 0, more = 0] = proto.Message.encode({ [name.replace(/:.*/, "")]: {} }).finish();
    return (tag < 128 ? tag : (tag & 127) + more * 128) >> 3;
  });
  expect(numbers).toEqual(holders.map(([number]) => number));
  expect(numbers.length).toBeGreaterThan(80);
});

test("changes between two definitions are named", () => {
  const before = parseDefinition(
    `message A { optional string x = 1; optional B b = 2; message B { enum C { ONE = 1; } } }`,
  );
  const after = parseDefinition(
    `message A { oneof all { string x = 1; B b = 3 [packed=true]; } message B { enum C { ONE = 1; TWO = 2; } } } enum D { Z = 0; }`,
  );
  expect(changes(before, after)).toEqual([
    "A loses 2 b:A.B",
    "A gains 3 b:A.B",
    "A.B.C gains 2 TWO",
    "D is new, with 0 Z",
  ]);
  expect(changes(after, before)).toContain("D is gone");
});
