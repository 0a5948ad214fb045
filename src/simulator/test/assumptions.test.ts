import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assumptionTable } from "../profile/assumptions.ts";
import { NEWEST_ASSUMPTIONS } from "../profile/newest.ts";
import { PROFILES } from "../profile/profiles.ts";

const readme = readFileSync(join(import.meta.dir, "../README.md"), "utf8");

/** The cells of a table, without the spaces that only make it look even. */
const cells = (table: string): string[][] =>
  table
    .trim()
    .split("\n")
    .map((row) =>
      row
        .replaceAll("\\|", "¦")
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^-+$/, "---")),
    );

test("the README lists every assumption, as the code holds it", () => {
  const [, written = ""] = /<!-- assumptions -->\n([\s\S]*?)<!-- \/assumptions -->/.exec(readme) ?? [];
  expect(cells(written)).toEqual(cells(assumptionTable()));
});

test("each assumption names a public source or a case, and its date", () => {
  for (const { says, source, date } of NEWEST_ASSUMPTIONS) {
    const isSource = source.split(", ").every((one) => one.startsWith("https://") || /^case [a-z0-9_-]+$/.test(one));
    expect({ says, isSource, isDate: /^20\d\d-\d\d(-\d\d)?$/.test(date) }).toEqual({
      says,
      isSource: true,
      isDate: true,
    });
  }
});

test("every option in which the profiles differ has its row", () => {
  const [old, newest] = [PROFILES["2026-03"], PROFILES.newest];
  const differing = Object.keys(newest).filter((name) => Reflect.get(old, name) !== Reflect.get(newest, name));
  const listed = NEWEST_ASSUMPTIONS.flatMap(({ option }) => option ?? []);
  expect(differing.filter((name) => !listed.some((one) => one === name))).toEqual([]);
});
