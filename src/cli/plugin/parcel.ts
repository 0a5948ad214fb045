import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** A plugin as it came: its files, by path. */
export interface PluginParcel {
  files: ReadonlyMap<string, Uint8Array>;
  /** The file that it begins with. */
  entry: string;
  /** It is a folder of its own, and not one file. */
  isFolder: boolean;
}

export const parcelLimits = { file: 1_000_000, all: 10_000_000, files: 500, redirects: 5, ms: 60_000 } as const;

/** What a plugin may begin with. */
export const scriptName = /\.[cm]?[jt]sx?$/;

/** One hash of all the files, by their paths. */
export function digestOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash("sha256");
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  return hash.digest("hex");
}

/** The files below a folder, or the one file. */
export function filesAt(path: string): Map<string, Uint8Array> {
  if (statSync(path).isFile()) return new Map([["", readFileSync(path)]]);
  const found = readdirSync(path, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const files = found.map(({ parentPath, name }) => join(parentPath, name));
  return new Map(files.map((file) => [relative(path, file), readFileSync(file)]));
}

/** Writes what came below a folder that is made for it. */
export function unpack(files: ReadonlyMap<string, Uint8Array>, folder: string): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes, { mode: 0o644 });
  }
}
