import { expect, test } from "bun:test";
import { tally } from "./check.ts";

const report = (head: string, body = "") =>
  `<?xml version="1.0"?><testsuites name="bun test" ${head}>${body}</testsuites>`;

test("the tally counts what bun reports", () => {
  const xml = report('tests="12" failures="2" skipped="1"', '<testcase name="needs a browser" line="3">\n<skipped />');
  expect(tally(xml, 1)).toEqual({ passed: 9, failed: 2, skipped: ["needs a browser"] });
});

test("a test file that did not load is a failure though no report names it", () => {
  expect(tally(report('tests="4" failures="0" skipped="0"'), 1)).toEqual({ passed: 4, failed: 1, skipped: [] });
  expect(tally("", 1).failed).toBe(1);
});
