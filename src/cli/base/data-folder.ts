import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import type { Store } from "../../core/ports/store.ts";
import { ownerKeyOf } from "../../composition/owner-key.ts";
import { loadConfig } from "../../config/config.ts";
import { openStore } from "../../store/open.ts";
import { systemClock } from "../../composition/system.ts";

/** The data folder as a full path. Throws `not_found` where no bot ever ran: a command makes no folder. */
export function dataFolder(sessionsDir: string): string {
  const dir = resolve(sessionsDir);
  if (existsSync(join(dir, "merpati.sqlite"))) return dir;
  throw new Failure(
    "not_found",
    `There is no Merpati in ${dir}: run this in the folder that it runs in, set SESSIONS_DIR, or start it once.`,
  );
}

/** Works on the store of a data folder that exists, beside a running bot or without one. */
export function withStore<T>(sessionsDir: string, work: (store: Store, dir: string) => Promise<T>): Promise<T> {
  return opened(dataFolder(sessionsDir), work);
}

/**
 * The store of a folder that has plugins. They can be written, switched and tried before the bot first starts, so here a
 * store is made where there is none yet.
 */
export function withPluginStore<T>(
  { sessionsDir, pluginsDir }: { sessionsDir: string; pluginsDir: string },
  work: (store: Store) => Promise<T>,
): Promise<T> {
  return opened(existsSync(pluginsDir) ? resolve(sessionsDir) : dataFolder(sessionsDir), work);
}

async function opened<T>(dir: string, work: (store: Store, dir: string) => Promise<T>): Promise<T> {
  const ownerKey = () => ownerKeyOf(loadConfig())();
  const store = await openStore({ dir, clock: systemClock, targetsOf: () => [], ownerKey, exclusive: false });
  try {
    return await work(store, dir);
  } finally {
    await store.close();
  }
}
