import { describe, expect, test } from "bun:test";
import { type AnswerClass, sendPause, serverAnswer, serverAnswers } from "../../src/core/policy/server-answers.ts";

const classes: Record<AnswerClass, string[]> = {
  passing: ["408", "428", "429", "500", "502", "503", "504", "552"],
  moved: ["400", "421"],
  account: ["402", "463", "475"],
  final: [
    "401",
    "403",
    "404",
    "405",
    "406",
    "409",
    "410",
    "413",
    "419",
    "431",
    "479",
    "487",
    "488",
    "489",
    "490",
    "491",
    "493",
    "495",
    "496",
    "499",
    "501",
    "550",
    "551",
  ],
};
const rows = Object.entries(classes).flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const));

describe("what WhatsApp means by a code", () => {
  test.each(rows)("%s is %s", (code, kind) => {
    const { class: found, pausesDevice, words } = serverAnswer(code);
    expect(found).toBe(kind as AnswerClass);
    expect(pausesDevice).toBe(code === "429");
    expect(words).toStartWith(`WhatsApp refused the message (error ${code}): `);
  });

  test("the table has these rows and no others", () =>
    expect(Object.keys(serverAnswers).toSorted()).toEqual(rows.map(([code]) => code).toSorted()));

  test.each([
    ["599", "passing"],
    ["555", "passing"],
    ["499999", "final"],
    ["498", "final"],
    ["unknown", "final"],
    ["constructor", "final"],
  ] as const)("of one that nobody knows, %s, it is %s", (code, kind) => expect(serverAnswer(code).class).toBe(kind));
});

describe("a pause", () => {
  test("doubles up to a minute, and half of it is chance", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 1000].map((attempt) => sendPause(attempt, 0))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
    expect([1, 2, 6, 1000].map((attempt) => sendPause(attempt, 0.9999))).toEqual([2_000, 4_000, 59_997, 59_997]);
  });
});
