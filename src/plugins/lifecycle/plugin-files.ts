import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const transpiler = new Bun.Transpiler({ loader: "tsx" });
const script = /\.[cm]?[jt]sx?$/;
/** What may stand behind the path of an import. */
const endings = ["", ".ts", ".tsx", ".js", ".mjs", ".json", "/index.ts", "/index.tsx", "/index.js"];
/** They say which packages there are, and how all is read. */
const forAll = new Set(["package.json", "bun.lock", "bun.lockb", "tsconfig.json", "bunfig.toml"]);

export const filesForAll = (dir: string): string[] => [...forAll].map((name) => join(dir, name));

/** What an operator set for the plugins of a folder. */
export const settingsFile = (dir: string): string => join(dir, "config.toml");

/** Whether a file in the folder of the plugins concerns all of them. */
export const concernsAll = (file: string): boolean => forAll.has(basename(file));

/** The files that a plugin begins with or imports from its folder, and those that would take an import's place if they came. */
export function sourceFilesOf(entry: string): Set<string> {
  const found = new Set<string>();
  const look = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    if (!script.test(file)) return;
    for (const path of importsIn(textIn(file) ?? ""))
      for (const ending of endings) look(join(dirname(file), path) + ending);
  };
  look(entry);
  return found;
}

function importsIn(text: string): string[] {
  try {
    return transpiler.scanImports(text).flatMap(({ path }) => (path.startsWith(".") ? [path] : []));
  } catch {
    // What cannot be read imports nothing yet.
    return [];
  }
}

function textIn(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** What was in files when they were last looked at: an editor that saves by renaming touches more than it changes. */
export class SeenContents {
  readonly #hashes = new Map<string, bigint | number | null>();

  /** Whether the file holds something else than the last time, or is new, or gone. */
  isOther(file: string): boolean {
    const text = textIn(file);
    const now = text === null ? null : Bun.hash(text);
    const before = this.#hashes.get(file) ?? null;
    this.#hashes.set(file, now);
    return now !== before;
  }
}
