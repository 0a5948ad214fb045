import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledPackages, cutOut } from "../../src/cli/packages.ts";
import { bundledFiles, objections, packageObjections, packageOf } from "./gate.ts";

const notice = await Bun.file("NOTICE").text();
const files = await bundledFiles();
const folders = [...new Set(files.map(packageOf).filter((folder) => folder !== null))];

test("no file in the program is under the GPL or AGPL", () => {
  expect(files.length).toBeGreaterThan(1_000);
  expect(files.flatMap(objections)).toEqual([]);
});

test("every package in the program has a licence that it may have, and NOTICE names those that ask for something", () => {
  expect(folders.flatMap((folder) => packageObjections(folder, notice))).toEqual([]);
});

test("libsignal and whatsapp-rust-bridge are not in the program, and what is in it is listed", () => {
  const bundled = folders.map((folder) => folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length));
  expect(bundled.filter((name) => cutOut.includes(name))).toEqual([]);
  const listed = bundledPackages().map(({ name }) => name);
  expect(bundled.filter((name) => !listed.includes(name))).toEqual([]);
});

test("the gate sees what it is for: by a package's word, by a header, by what WebAssembly was built from", () => {
  expect(packageObjections("node_modules/libsignal", notice)).toContain("libsignal: its licence is GPL-3.0");
  expect(objections("node_modules/whatsapp-rust-bridge/dist/index.js").join()).toContain("wacore");
  expect(packageObjections("node_modules/mediabunny", "")).toEqual(["mediabunny: NOTICE does not name it"]);
  const folder = mkdtempSync(join(tmpdir(), "gate-"));
  const written = (text: string) => {
    writeFileSync(join(folder, "file.js"), text);
    return objections(join(folder, "file.js")).length;
  };
  expect(written("// SPDX-License-Identifier: AGPL-3.0-only\n")).toBe(1);
  expect(written("/* SPDX-License-Identifier: MIT */\n")).toBe(0);
  expect(written("/* SPDX-License-Identifier: (MIT OR GPL-3.0) */\n")).toBe(0);
  expect(written("/* under the terms of the GNU General Public License, version 2 */\n")).toBe(1);
  expect(written('"--enable-gpl --enable-libx264"')).toBe(1);
  rmSync(folder, { recursive: true });
});
