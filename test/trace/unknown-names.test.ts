import { expect, test } from "bun:test";
import type { TextFile } from "../../src/core/base/text-file.ts";
import { UnknownNames, readUnknownNames } from "../../src/core/trace/unknown-names.ts";
import { HandClock } from "../clock.ts";

class Paper implements TextFile {
  text: string | null = null;
  read = async () => this.text;
  write = async (text: string) => void (this.text = text);
}

const counter = (note: TextFile, clock: HandClock) =>
  UnknownNames.load({ note, clock, failed: (error) => expect(error).toBeNull() });

test("counts are kept over a restart", async () => {
  const [paper, clock] = [new Paper(), new HandClock()];
  const first = await counter(paper, clock);
  first.count("tag", "hologram");
  first.count("tag", "hologram");
  clock.wind(10_000);
  await first.write();
  const again = await counter(paper, clock);
  again.count("tag", "hologram");
  expect(again.all).toMatchObject([{ kind: "tag", name: "hologram", count: 3 }]);
});

test("a hundred names of a kind and no more", async () => {
  const counted = await counter(new Paper(), new HandClock());
  for (let at = 0; at < 101; at++) counted.count("field", `Message ${at + 200}`);
  counted.count("tag", "hologram");
  expect(counted.all.filter(({ kind }) => kind === "field").length).toBe(100);
  expect(counted.all.filter(({ kind }) => kind === "tag").length).toBe(1);
});

test("what is no name of a protocol is counted without it", async () => {
  const counted = await counter(new Paper(), new HandClock());
  for (const name of ["6281234567890", "a text, said", "x".repeat(61)]) counted.count("tag", name);
  expect(counted.all).toMatchObject([{ name: "(another name)", count: 3 }]);
});

test("a damaged note is read as none", () => {
  expect(readUnknownNames("{")).toEqual([]);
  expect(readUnknownNames('[{"kind":"tag"}, 7, null]')).toEqual([]);
});
