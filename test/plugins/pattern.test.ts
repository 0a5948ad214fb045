import { expect, test } from "bun:test";
import { parseArgs, readPattern } from "../../src/plugins/contract/pattern.ts";
import type { ArgsOf } from "../../src/sdk/index.ts";

const parse = (pattern: string, rest: string) => parseArgs(readPattern(pattern), rest);

test.each<[string, string, Record<string, unknown>]>([
  ["weather <city:text> [days:int]", "Jakarta", { city: "Jakarta" }],
  ["weather <city:text> [days:int]", "New York 3", { city: "New York", days: 3 }],
  ["weather <city:text> [days:int]", '"Area 51" 2', { city: "Area 51", days: 2 }],
  ["say <words:text>", "  two\nlines ", { words: "two\nlines" }],
  ["add <a:number> <b:number>", "1.5 -2", { a: 1.5, b: -2 }],
  ["order <size:small|large> [name]", "LARGE", { size: "large" }],
  ["call <who:phone>", "+628123456789", { who: "628123456789" }],
  ["say <name> <words:text>", '"Ann Lee" hi there', { name: "Ann Lee", words: "hi there" }],
  ["ping", "", {}],
])("%s, given %p, is %p", (pattern, rest, args) => {
  expect(parse(pattern, rest)).toEqual({ args } as never);
});

test("a person is who is mentioned, else who has the number", () => {
  const pattern = readPattern("kick <who:person> [why:text]");
  const lid = "84729104638201@lid";
  expect(parseArgs(pattern, "@84729104638201 spam", [lid])).toEqual({ args: { who: lid, why: "spam" } });
  expect(parseArgs(pattern, "+62 812", [])).toEqual({ wrong: expect.stringContaining("who takes a mention or") });
  expect(parseArgs(pattern, "628123456789")).toEqual({ args: { who: "628123456789@s.whatsapp.net" } });
});

test.each([
  ["weather <city:text>", "", "city is missing"],
  ["roll <dice:int>", "many", 'dice takes a whole number, not "many"'],
  ["order <size:small|large>", "huge", 'size takes small, large, not "huge"'],
  ["call <who:phone>", "0812", 'who takes a phone number with country code, not "0812"'],
  ["ping", "pong", '"pong" is too much'],
])("%s refuses %p: %s", (pattern, rest, wrong) => {
  expect(parse(pattern, rest)).toEqual({ wrong });
});

test.each([
  ["<x>", "begins with its name"],
  ["a <b", "is not <name:kind> or [name:kind]"],
  ["a <b:color>", '"color" is no kind'],
  ["a [b] <c>", "<c> stands after an optional argument"],
  ["a <b:text> <c:text>", "one text argument is enough"],
])("pattern %p is refused: it %s", (pattern, why) => {
  expect(() => readPattern(pattern)).toThrow(why);
});

test("the type of the arguments follows from the pattern", () => {
  const args: ArgsOf<"order <what:text> <size:small|middle|large> [count:int]"> = { what: "tea", size: "middle" };
  const count: number | undefined = args.count;
  // @ts-expect-error -- no such size
  const wrong: ArgsOf<"order <size:small|large>"> = { size: "huge" };
  expect([count, wrong.size]).toEqual([undefined, "huge"] as never);
});
