import { expect, test } from "bun:test";
import { differences, filled, parse, shape } from "./transcript.ts";

const text = `== one
@ pairing
POST /x
x-api-key: {{key}}
content-type: application/json

{ "a": "{{who}}" }
----------
200
vary: accept

{ "at": "{{iso}}", "n": "{{unix}}", "list": [{ "b": null }] }

== two
GET /y
----------
204
`;

test("a transcript is read", () => {
  const [one, two] = parse(text);
  expect(one).toEqual({
    title: "one",
    state: "pairing",
    method: "POST",
    path: "/x",
    headers: { "x-api-key": "{{key}}", "content-type": "application/json" },
    body: '{ "a": "{{who}}" }',
    answer: {
      status: 200,
      headers: { vary: "accept" },
      body: { at: "{{iso}}", n: "{{unix}}", list: [{ b: null }] },
    },
  });
  expect(two).toMatchObject({
    title: "two",
    state: null,
    headers: {},
    body: null,
    answer: { status: 204, body: null },
  });
});

test("every difference is found", () => {
  const expected = parse(text)[0]?.answer.body;
  const right = { at: "2026-01-01T00:00:00.000Z", n: 5, list: [{ b: null }] };
  expect(differences(expected, right)).toEqual([]);
  expect(differences(expected, { ...right, n: "5" })).toEqual(['body.n: "5" is no unix']);
  expect(differences(expected, { ...right, more: 1 })).toEqual(["body.more is too much"]);
  expect(differences(expected, { at: right.at, n: 5 })).toEqual(["body.list is missing"]);
  expect(differences(expected, { ...right, list: [{ b: 0 }] })).toEqual(["body.list.0.b: 0 instead of null"]);
  expect(differences({ a: "b" }, "c")).toHaveLength(1);
});

test("values of the run are put in", () => {
  expect(filled({ a: ["{{who}} {{iso}}"] }, { who: "Ann" })).toEqual({ a: ["Ann {{iso}}"] });
});

test("shapes compare examples with transcripts", () => {
  expect(shape({ b: "{{unix}}", a: [{ c: "x" }, { c: "y" }] })).toEqual(shape({ a: [{ c: "z" }], b: 7 }));
  expect(shape({ a: null })).not.toEqual(shape({ a: "x" }));
});
