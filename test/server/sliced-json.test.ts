import { expect, test } from "bun:test";
import { parsedInSlices } from "../../src/server/sliced-json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const item = (at: number) => ({ to: `62${at}`, text: 'a "b" \\ [{,]} é', mentions: [at, { deep: [[]] }] });
const many = (count: number) => Array.from({ length: count }, (_, at) => item(at));
const most = 2 ** 18;

async function same(text: string): Promise<void> {
  let expected: unknown;
  try {
    expected = { value: JSON.parse(text.replace(/^\ufeff/, "")) };
  } catch {
    // Not by `expect(…).rejects`: Bun waits for it in a loop within its loop, which gives every turn to others first.
    const error: unknown = await parsedInSlices(bytes(text), Infinity).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SyntaxError);
    return;
  }
  const found = await parsedInSlices(bytes(text), Infinity);
  expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
}

const list = JSON.stringify(many(3_000));
test.each([
  ["a bulk", `{"messages":${list},"interval":3}`],
  [
    "with white space and a mark of the byte order",
    `\ufeff \n{ "messages" : ${JSON.stringify(many(3_000), null, 2)} } `,
  ],
  ["two lists", `{"a":${list},"b":${list}}`],
  ["the same field twice", `{"a":${list},"a":1,"b":[1],"c":${list},"c":${list.slice(0, -1)},7]}`],
  ["a field with a name that means something", `{"__proto__":${list},"length":${list}}`],
  ["a list in a list, and in an object", `{"a":[${list}],"b":{"c":${list}}}`],
  ["no object", list],
  ["short", '{"a":[1,2],"b":["x"]}'],
])("%s is what JSON.parse makes of it", async (_, text) => {
  await same(text);
});

test("where a list is cut, nothing may be missing or be too much", async () => {
  const comma = list.indexOf('},{"to":"', 65_536) + 1;
  const changed = (into: string) => `{"a":${list.slice(0, comma)}${into}${list.slice(comma + 1)}}`;
  await same(changed(","));
  for (const into of [",,", ",]", ", ,", ";", ",\ufeff", ',"', ",}", "},", "\u0000"]) await same(changed(into));
  for (const end of ["", ",", ",]", "}", "]]", '"'])
    for (const cut of [1, 2, 3]) await same(`{"a":${list.slice(0, -cut)}${end}}`);
  for (const [cut, end] of [...list.matchAll(/[[\]{},"]/g)].slice(-40).map(({ index }) => [index, index + 1]))
    await same(`{"a":${list.slice(0, cut)}${list.slice(end)}}`);
});

test("an own field stays one, and no prototype changes", async () => {
  const found = (await parsedInSlices(bytes(`{"__proto__":${list}}`), most))?.value as object;
  expect([Object.keys(found), Object.getPrototypeOf(found)]).toEqual([["__proto__"], Object.prototype]);
});

test("others have their turns between two slices", async () => {
  let turns = 0;
  let isDone = false;
  const turn = (): void => void setImmediate(() => ((turns += 1), isDone || turn()));
  turn();
  await parsedInSlices(bytes(`{"messages":${list}}`), most);
  isDone = true;
  expect(turns).toBeGreaterThan(list.length / 65_536 - 1);
});

test("what is long in one piece is left to somebody else", async () => {
  expect(await parsedInSlices(bytes(`{"a":"${"a".repeat(most)}","b":${list}}`), most)).toBeNull();
  expect(await parsedInSlices(bytes(`{"b":[1,"${"a".repeat(most)}",${list.slice(1)}}`), most)).toBeNull();
});
