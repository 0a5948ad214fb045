import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import type { Store } from "../../core/ports/store.ts";
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

/** The store of a data folder that exists, beside a running bot or without one. */
export async function withStore<T>(sessionsDir: string, work: (store: Store, dir: string) => Promise<T>): Promise<T> {
  const dir = dataFolder(sessionsDir);
  const store = await openStore({ dir, clock: systemClock, targetsOf: () => [], exclusive: false });
  try {
    return await work(store, dir);
  } finally {
    await store.close();
  }
}
