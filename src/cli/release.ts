/**
 * `bun src/cli/release.ts --key-file=<PEM> [--out=dist/release] [--targets=linux-x64,…]`: builds the program for every kind
 * of machine that Bun offers, and what `merpati update` needs: `release.json` with sizes and hashes and its Ed25519
 * signature; for people SHA256SUMS, signed too, and beside each program what is in it (CycloneDX). The private key stays with the maintainer: `openssl genpkey -algorithm ed25519`.
 */
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { print } from "./base/command.ts";
import type { Release, ReleaseFile } from "./update/release.ts";
import { version } from "./version.ts";

/** Those that Bun 1.4.5 compiles for. `-baseline` is for processors without AVX2, those before 2013. */
const all = [
  "linux-x64",
  "linux-x64-baseline",
  "linux-arm64",
  "linux-x64-musl",
  "linux-x64-baseline-musl",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-x64-baseline",
  "darwin-arm64",
  "windows-x64",
  "windows-x64-baseline",
  "windows-arm64",
];

const { values } = parseArgs({
  options: {
    "key-file": { type: "string" },
    out: { type: "string", default: "dist/release" },
    targets: { type: "string", default: all.join(",") },
  },
});
if (values["key-file"] === undefined) throw new Error("--key-file=<PEM of an Ed25519 private key> is missing");
const key = createPrivateKey(readFileSync(values["key-file"]));
mkdirSync(values.out, { recursive: true });

const files: ReleaseFile[] = [];
for (const target of values.targets.split(",")) files.push(await built(target, values.out));
const release: Release = { version, files };
const text = `${JSON.stringify(release, null, 2)}\n`;
const bills = files.map(({ name }) => ({
  name: `${name}.cdx.json`,
  sha256: hashOf(join(values.out, `${name}.cdx.json`)),
}));
write("release.json", text);
write("SHA256SUMS", [...files, ...bills].map(({ sha256, name }) => `${sha256}  ${name}\n`).join(""));
const { x = "" } = createPublicKey(key).export({ format: "jwk" });
print(`${values.out}: merpati ${version} for ${files.length} kinds of machines.`);
print(`UPDATE_KEY=${Buffer.from(x, "base64url").toString("base64")}`);

/** A file of the release and its signature. */
function write(name: string, text: string): void {
  writeFileSync(join(values.out, name), text);
  writeFileSync(join(values.out, `${name}.sig`), `${sign(null, Buffer.from(text), key).toString("base64")}\n`);
}

function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** One program and its bill of materials. */
async function built(target: string, out: string): Promise<ReleaseFile> {
  const name = `merpati-${version}-${target}${target.startsWith("windows") ? ".exe" : ""}`;
  const outfile = join(out, name);
  const build = [process.execPath, "src/cli/build.ts", `--target=bun-${target}`, `--outfile=${outfile}`];
  const exit = await Bun.spawn(build, { stdio: ["ignore", "inherit", "inherit"] }).exited;
  if (exit !== 0) throw new Error(`the build for ${target} ended with ${exit}`);
  return { target, name, size: statSync(outfile).size, sha256: hashOf(outfile) };
}
