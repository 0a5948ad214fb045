import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import { ignored } from "../lifecycle/find.ts";

/** An editor saves in several steps: wait until it is quiet. */
const quiet = 60;

/** Calls `changed` with the files saved, made or deleted below `dir`. Returns how to stop. */
export function watchFiles(dir: string, changed: (files: Set<string>) => void): () => void {
  let files = new Set<string>();
  let timer: Timer | undefined;
  const watcher: FSWatcher = watch(dir, { recursive: true }, (_kind, name) => {
    // Bun gives no name when the folder itself changed, its rights for one.
    if (typeof name !== "string" || ignored(name)) return;
    files.add(join(dir, name));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const batch = files;
      files = new Set();
      changed(batch);
    }, quiet);
  });
  watcher.unref();
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
