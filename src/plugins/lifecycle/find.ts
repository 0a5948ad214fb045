import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";

const source = /^[^._].*(?<!\.test|\.spec|\.d)\.[cm]?[jt]sx?$/;
const indexes = ["index.ts", "index.tsx", "index.js", "index.mjs"];

/** The file a plugin begins with, for every plugin in `dir`: files, and folders with an index. */
export function findPlugins(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .flatMap((entry) => entryFile(dir, entry.name) ?? [])
    .sort();
}

function entryFile(dir: string, name: string): string | null {
  const path = join(dir, name);
  if (source.test(name)) return path;
  if (/^[._]|^node_modules$/.test(name)) return null;
  const index = indexes.map((candidate) => join(path, candidate)).find((candidate) => existsSync(candidate));
  return index ?? null;
}

/** Changes there concern no plugin. */
export function ignored(path: string): boolean {
  return (
    path.split(sep).some((part) => part === "node_modules" || part.startsWith(".")) || /\.test\.[jt]sx?$/.test(path)
  );
}

/** Whether a saved file belongs to the plugin that begins with `entry`. */
export function belongs(file: string, entry: string, dir: string): boolean {
  const home = dirname(entry);
  return file === entry || (home !== dir && file.startsWith(home + sep));
}

/** The folder whose files may appear in the plugin's stack traces. */
export function rootOf(entry: string, dir: string): string {
  return entry.startsWith(dir + sep) ? dir : dirname(entry);
}

/** What a plugin is called that did not say: its file, or its folder. */
export function shownFile(entry: string): string {
  return indexes.includes(basename(entry)) ? basename(dirname(entry)) : basename(entry);
}
