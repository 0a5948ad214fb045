import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A package that is compiled in. */
export interface BundledPackage {
  name: string;
  version: string;
  licence: string;
  /** Its licence file, whole. */
  text: string;
}

interface Manifest {
  name: string;
  version: string;
  license?: string | { type: string };
  licenses?: { type: string }[];
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/**
 * What Baileys declares and our patch has cut out of it: libsignal is under the GPL, and the WebAssembly of the other is
 * built from files under the AGPL. The licence gate holds that neither is bundled (`test/licences/`).
 */
export const cutOut: readonly string[] = ["libsignal", "whatsapp-rust-bridge"];

/**
 * Every package that our dependencies bring, as installed. Called as a macro: it runs when the program is built,
 * and only its result is in the program.
 */
export function bundledPackages(): BundledPackage[] {
  const root = join(import.meta.dir, "../..");
  const found = new Map<string, BundledPackage>();
  const visit = (name: string, from: string) => {
    const folder = cutOut.includes(name) ? null : installed(name, from, root);
    if (!folder || found.has(folder)) return;
    const manifest = manifestIn(folder);
    found.set(folder, {
      name: manifest.name,
      version: manifest.version,
      licence: licenceOf(manifest),
      text: licenceText(folder),
    });
    for (const each of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) visit(each, folder);
  };
  for (const name of Object.keys(manifestIn(root).dependencies ?? {})) visit(name, root);
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** The folder that `require(name)` from `from` would find. */
function installed(name: string, from: string, root: string): string | null {
  for (let folder = from; folder.startsWith(root); folder = join(folder, "..")) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
  }
  return null;
}

function licenceOf({ license, licenses }: Manifest): string {
  if (typeof license === "string") return license;
  return license?.type ?? licenses?.map(({ type }) => type).join(" OR ") ?? "see its licence file";
}

function licenceText(folder: string): string {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  return file ? readFileSync(join(folder, file), "utf8").trim() : "";
}
