import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadConfig } from "../config/config.ts";
import { Budgets } from "../core/access/budgets.ts";
import { Administration } from "../core/access/administration.ts";
import { operator } from "../core/access/operator.ts";
import { Failure } from "../core/base/failure.ts";
import { Traces } from "../core/trace/traces.ts";
import { openStore } from "../store/open.ts";
import { ids, systemClock } from "../composition/system.ts";

/**
 * Administration from the command line, on the data folder itself: works beside a running bot, which notices within
 * seconds, and without one.
 */
export async function administer(act: (administration: Administration, dir: string) => Promise<void>): Promise<void> {
  const dir = resolve(loadConfig().sessionsDir);
  if (!existsSync(join(dir, "merpati.sqlite")))
    throw new Failure(
      "not_found",
      `There is no Merpati in ${dir}: run this in the folder that it runs in, set SESSIONS_DIR, or start it once.`,
    );
  const store = await openStore({ dir, clock: systemClock, targetsOf: () => [], exclusive: false });
  const ports = {
    store,
    budgets: await Budgets.load({ store, clock: systemClock }),
    clock: systemClock,
    ids,
    traces: new Traces(systemClock),
    audited: true,
    keysChanged: async () => {},
    workspace: () => {
      throw new Failure("unavailable", "Devices are run by the bot: ask it with `merpati device`.");
    },
  };
  try {
    await act(new Administration(ports, operator("command line")), dir);
  } finally {
    await store.close();
  }
}
