import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Config, loadConfig } from "../config/config.ts";
import { Failure } from "../core/base/failure.ts";
import type { Store } from "../core/ports/store.ts";
import { openStore } from "../store/open.ts";
import { systemClock } from "../composition/system.ts";
import type { Command } from "./base/command.ts";
import { recordEvents } from "./plugin/record.ts";
import { removePlugin } from "./plugin/remove.ts";
import { replayEvent } from "./plugin/replay.ts";
import { addPlugin, makePlugin, writeKit } from "./plugin/scaffold.ts";
import { placePlugin } from "./plugin/scope.ts";
import { listPlugins, switchPlugin } from "./plugin/switch.ts";
import { serveWorkbench } from "./plugin/workbench.ts";

const usage =
  "new <name> | add <name> | test [name] | list | enable <name> [--yes] | disable <name> | remove <name> [--keep-data] [--yes] | scope <name> … | record <file.jsonl> | replay <name> <seq|file>";

/** `merpati plugin …`: works beside a running bot. */
export const pluginCommand: Command = {
  usage,
  about: "Makes, tests, switches and removes plugins.",
  async run([verb, ...args]) {
    if (verb === "workbench") return serveWorkbench();
    const config = loadConfig();
    if (verb === "new") return makePlugin(config.pluginsDir, args[0]);
    if (verb === "add") return addPlugin(config.pluginsDir, args[0]);
    if (verb === "test") return testPlugins(config.pluginsDir, args);
    if (verb === "list") return withStore(config, (store) => listPlugins(config, store));
    if (verb === "enable" || verb === "disable")
      return withStore(config, (store) => switchPlugin(config, store, verb === "enable", args));
    if (verb === "remove") return removePlugin(config, args);
    if (verb === "scope") return withStore(config, (store) => placePlugin(config, store, args));
    if (verb === "record") return withStore(config, (store) => recordEvents(store, args));
    if (verb === "replay") return withStore(config, (store) => replayEvent(config, store, args));
    throw new Failure("invalid", `Usage: merpati plugin ${usage}`);
  },
};

async function withStore(config: Config, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await openStore({ dir: config.sessionsDir, clock: systemClock, targetsOf: () => [], exclusive: false });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

/** Runs the tests beside the plugins. The binary is a Bun too, when it is told so. */
async function testPlugins(dir: string, [name]: readonly string[]): Promise<number> {
  if (!existsSync(dir)) throw new Failure("not_found", `There is no folder ${dir}.`);
  const inRepository = existsSync(join(dir, "../src/sdk/test.ts"));
  if (!inRepository) await writeKit(dir);
  const bot = Bun.isStandaloneExecutable ? { MERPATI: process.execPath } : {};
  const child = Bun.spawn([process.execPath, "test", ...(name === undefined ? [] : [name])], {
    cwd: inRepository ? join(dir, "..") : dir,
    env: { ...process.env, ...bot, BUN_BE_BUN: "1" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return child.exited;
}
