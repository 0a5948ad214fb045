import { loadConfig } from "../config/config.ts";
import { Budgets } from "../core/access/budgets.ts";
import { Administration } from "../core/access/administration.ts";
import { operator } from "../core/access/operator.ts";
import { DeviceProxies } from "../core/device/device-proxies.ts";
import { Failure } from "../core/base/failure.ts";
import { Traces } from "../core/trace/traces.ts";
import { ids, systemClock } from "../composition/system.ts";
import { withStore } from "./base/data-folder.ts";

/**
 * Administration from the command line, on the data folder itself: works beside a running bot, which notices within
 * seconds, and without one.
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
      keysChanged: async () => {},
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
