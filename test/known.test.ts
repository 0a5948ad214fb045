import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KnownFailures } from "./known.ts";

function listOf(entries: Record<string, string>): KnownFailures {
  const folder = mkdtempSync(join(tmpdir(), "merpati-known-"));
  try {
    writeFileSync(join(folder, "known.json"), JSON.stringify(entries));
    return new KnownFailures(join(folder, "known.json"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a listed case must fail and an unlisted one must pass", async () => {
  const known = listOf({ wrong: "R6" });
  known.judge("wrong", "brings no event");
  known.judge("right", null);
  expect(() => known.judge("wrong", null)).toThrow(/wrong passes: remove it from .*known\.json/);
  expect(() => known.judge("right", "brings no event")).toThrow("right brings no event");
  await known.run("wrong", () => Promise.reject(new Error("no")));
  await expect(known.run("wrong", () => Promise.resolve())).rejects.toThrow("wrong passes");
  await expect(known.run("right", () => Promise.reject(new Error("no")))).rejects.toThrow("right fails: no");
});

test("the list names findings and cases that exist", () => {
  expect(() => listOf({ wrong: "someday" })).toThrow('the finding "someday"');
  const known = listOf({ wrong: "R6", gone: "S10" });
  known.assertWithin(["wrong", "gone", "right"]);
  expect(() => known.assertWithin(["wrong"])).toThrow("lists what does not exist: gone");
});
