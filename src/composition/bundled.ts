import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A macro: the plugins of this repository, read while bundling, so that the binary carries them. File name to text. */
export function bundledPlugins(): Record<string, string> {
  const folder = join(import.meta.dir, "../../plugins");
  const files = readdirSync(folder).filter((name) => /^[a-z-]+\.ts$/.test(name));
  return Object.fromEntries(files.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
