/** What is in the program, by the bundler's own account, read for licences that may not be in it: file by file, not by its word. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { entrypoints, external } from "../../src/cli/bundling.ts";

/** Licences that a package may have; the second list asks for something, and NOTICE must name the package. */
const free = [
  "MIT",
  "MIT-0",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "Unlicense",
];
const named = ["LGPL-2.1-or-later", "MPL-2.0"];

/** Sources under the GPL or AGPL whose paths and names are found in what was built from them. */
const known = [/\bwacore\//, /libsignal\/src\//, /\blibsignal_protocol\b/, /\bwhatsapp_rust_bridge/];

/** Of the "GNU … General Public License": not the Lesser one. */
const gnu = /GNU\s+(?:AFFERO\s+)?GENERAL\s+PUBLIC\s+LICEN[CS]E/i;
const spdx = /SPDX-License-Identifier:\s*([\w.+()\s-]+?)(?:\s*\*\/|\s*-->|[\r\n"'`]|$)/g;

/** The files that the bundler puts into the program, relative to the project. */
export async function bundledFiles(): Promise<string[]> {
  const { success, logs, metafile } = await Bun.build({
    entrypoints: entrypoints(),
    external,
    target: "bun",
    metafile: true,
    throw: false,
  });
  if (!success || !metafile) throw new Error(`the bundle fails: ${logs.map(String).join("\n")}`);
  return Object.keys(metafile.inputs);
}

/** The package that a file belongs to, by its folder; null of a file of ours. */
export function packageOf(file: string): string | null {
  const at = file.lastIndexOf("node_modules/");
  if (at < 0) return null;
  const [scope = "", name = ""] = file.slice(at + "node_modules/".length).split("/");
  return file.slice(0, at) + join("node_modules", scope, scope.startsWith("@") ? name : "");
}

/** Why a file may not be in the program. */
export function objections(file: string): string[] {
  const bytes = readFileSync(file);
  const texts = [bytes.toString("latin1"), ...modulesIn(bytes).map((module) => module.toString("latin1"))];
  return texts.flatMap((text) => [
    ...[...text.matchAll(spdx)].flatMap(([, id = ""]) => (isAllowed(id) ? [] : [`${file}: SPDX ${id}`])),
    ...(gnu.test(text.slice(0, 20_000)) && !/lesser/i.test(text) ? [`${file}: names the GNU GPL`] : []),
    ...known.flatMap((one) => (one.test(ofOurs(file) ? "" : text) ? [`${file}: holds ${one.source}`] : [])),
    ...(/--enable-(?:gpl|nonfree|version3)\b/.test(text) ? [`${file}: FFmpeg was built with GPL parts`] : []),
  ]);
}

const ofOurs = (file: string): boolean => packageOf(file) === null;

/** WebAssembly that a script carries as base64: its strings tell what it was built from. */
function modulesIn(bytes: Buffer): Buffer[] {
  return [...bytes.toString("latin1").matchAll(/AGFzbQ[A-Za-z0-9+/]{1000,}={0,2}/g)].map(([code]) =>
    Buffer.from(code, "base64"),
  );
}

function isAllowed(expression: string): boolean {
  const ids = expression
    .replaceAll(/[()]/g, " ")
    .trim()
    .split(/\s+(?:AND|OR)\s+/);
  return /\bOR\b/.test(expression)
    ? ids.some((id) => free.includes(id))
    : ids.every((id) => [...free, ...named].includes(id));
}

/** Why a package may not be in the program: its own word, its licence file, and whether NOTICE names what asks for something. */
export function packageObjections(folder: string, notice: string): string[] {
  const { name, license, licenses } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    license?: string | { type: string };
    licenses?: { type: string }[];
  };
  const word =
    typeof license === "string" ? license : (license?.type ?? licenses?.map(({ type }) => type).join(" OR ") ?? "none");
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "COPYING", "license"]
    .map((each) => join(folder, each))
    .find(existsSync);
  const text = file ? readFileSync(file, "utf8") : "";
  return [
    ...(isAllowed(word) ? [] : [`${name}: its licence is ${word}`]),
    ...(gnu.test(text) && !/lesser/i.test(text) ? [`${name}: ${dirname(file ?? "")} holds the GNU GPL`] : []),
    ...(named.some((id) => word.includes(id)) && !notice.includes(name) ? [`${name}: NOTICE does not name it`] : []),
  ];
}
