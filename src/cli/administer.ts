import { loadConfig } from "../config/config.ts";
import { Budgets } from "../core/access/budgets.ts";
import { Administration } from "../core/access/administration.ts";
import { operator } from "../core/access/operator.ts";
import { DeviceProxies } from "../core/device/device-proxies.ts";
import { Failure } from "../core/base/failure.ts";
import { Traces } from "../core/trace/traces.ts";
import { ids, systemClock } from "../composition/system.ts";
import { RunningBot } from "./base/running-bot.ts";
import { withStore } from "./base/data-folder.ts";

/** How long a bot that hangs is waited for, milliseconds. */
const patienceMs = 3_000;

/** A bot that runs looks at its keys when it is asked for them: a new one lets in, and a revoked one does not, from now on. */
async function runningBotLooks(): Promise<void> {
  const asked = async () =>
    RunningBot.find({}).ask("GET", "/v1/admin/keys", undefined, AbortSignal.timeout(patienceMs));
  // Without one there is nobody to tell.
  await asked().catch(() => {});
}

/**
 * Administration from the command line, on the data folder itself: works beside a running bot, which is told, and without
 * one.
 */
export function administer(act: (administration: Administration, dir: string) => Promise<void>): Promise<void> {
  return withStore(loadConfig().sessionsDir, async (store, dir) => {
    const ports = {
      store,
      budgets: await Budgets.load({ store, clock: systemClock }),
      clock: systemClock,
      ids,
      traces: new Traces(systemClock),
      audited: true,
      keysChanged: runningBotLooks,
      offlineQueues: () => [],
      proxies: await DeviceProxies.load({ proxies: store.proxies, server: () => null }),
      rerouted: async () => {},
      workspace: () => {
        throw new Failure("unavailable", "Devices are run by the bot: ask it with `merpati device`.");
      },
      listen: () => () => {},
    };
    await act(new Administration(ports, operator("command line")), dir);
  });
}
