import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { findPlugins } from "./find.ts";
import { PluginFault, shownPlace } from "../contract/fault.ts";
import type { Manifest } from "../contract/protocol.ts";
import { sourceManifest } from "./source-manifest.ts";

export interface FoundManifest {
  file: string;
  manifest: Manifest | null;
  /** Why there is no manifest. */
  problem: string | null;
}

/** What is in a plugins folder, read without running anything of it. */
export async function readManifests(dir: string): Promise<FoundManifest[]> {
  const root = resolve(dir);
  return existsSync(root) ? Promise.all(findPlugins(root).map((file) => read(file, root))) : [];
}

async function read(file: string, root: string): Promise<FoundManifest> {
  try {
    return { file, manifest: await sourceManifest(file, root), problem: null };
  } catch (thrown) {
    if (!(thrown instanceof PluginFault)) throw thrown;
    const place = shownPlace(thrown.problem);
    return { file, manifest: null, problem: place ? `${thrown.message} (${place})` : thrown.message };
  }
}
