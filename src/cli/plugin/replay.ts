import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import type { BotEvent } from "../../core/model/events/events.ts";
import { Failure } from "../../core/base/failure.ts";
import type { PluginData } from "../../core/ports/plugin-data.ts";
import { homeTenant } from "../../core/ports/tenants.ts";
import type { Store } from "../../core/ports/store.ts";
import { makeLog } from "../../log/log.ts";
import { startPluginHost } from "../../plugins/host/host.ts";
import { openStore } from "../../store/open.ts";
import { systemClock } from "../../composition/system.ts";
import { print } from "../base/command.ts";
import { readFixture } from "./fixture.ts";
import { find } from "./switch.ts";

/**
 * `merpati plugin replay <plugin> <seq|file> [--device default]`: hands one logged event, or recorded ones, to one plugin and shows what it
 * would send.
 * Nothing is sent; it has its settings and what it stored so far, and what it stores now is thrown away.
 */
export async function replayEvent(
  config: Config,
  store: Store,
  { name, what, device }: { name: string; what: string; device: string },
): Promise<void> {
  const { file, manifest } = await find(config.pluginsDir, name);
  const events = /^\d+$/.test(what) ? [await logged(store, device, Number(what))] : await readFixture(what);
  const folder = mkdtempSync(join(tmpdir(), "merpati-replay-"));
  const own = await openStore({ dir: folder, clock: systemClock, targetsOf: () => [], durability: "normal" });
  await copy(store.pluginData, own.pluginData, manifest.name);
  const host = await startPluginHost({
    dir: resolve(config.pluginsDir),
    files: [file],
    watch: false,
    deliveries: { join() {}, leave() {} },
    prefixes: config.commandPrefix,
    people: { owners: config.owners, admins: config.admins },
    languages: [config.botLanguage],
    environment: process.env,
    services: {
      clock: systemClock,
      log: makeLog(config),
      data: own.pluginData,
      fetch: () => Promise.reject(new Failure("unavailable", "A replay does not reach the network.")),
      async send(from, { to, content }, key) {
        print(`would send on ${from} to ${to}: ${JSON.stringify(content)}`);
        return { id: key, chat: to };
      },
    },
  });
  try {
    await host.enable(manifest.name);
    for (const event of events) {
      const { ok, error } = await host.replay(manifest.name, event);
      print(ok ? `${manifest.name} handled ${event.type}.` : `${manifest.name} failed: ${error}`);
    }
  } finally {
    await host.stop();
    await own.close();
    rmSync(folder, { recursive: true });
  }
}

async function copy(from: PluginData, to: PluginData, plugin: string): Promise<void> {
  for (const prefix of ["", "$settings"])
    for (const { key, value } of await from.list(plugin, prefix, 1_000_000)) await to.set(plugin, key, value);
}

async function logged(store: Store, id: string, seq: number): Promise<BotEvent> {
  const device = (await store.devices.list()).find((each) => each.tenant === homeTenant && each.id === id);
  const [event] = device ? await store.ledger.after(device.uid, seq - 1, 1) : [];
  if (event?.seq !== seq) throw new Failure("not_found", `There is no event ${seq} of the device "${id}".`);
  return event;
}
