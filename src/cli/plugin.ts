import { existsSync } from "node:fs";
import { loadConfig } from "../config/config.ts";
import { Failure } from "../core/base/failure.ts";
import { type Command, command, wholeNumber } from "./base/command.ts";
import { withPluginStore, withStore } from "./base/data-folder.ts";
import { ownCommand } from "./base/own-command.ts";
import { addFrom } from "./plugin/add.ts";
import { isPluginAddress } from "./plugin/address.ts";
import { recordEvents } from "./plugin/record.ts";
import { removePlugin } from "./plugin/remove.ts";
import { replayEvent } from "./plugin/replay.ts";
import { addPlugin, makePlugin, writeKit } from "./plugin/scaffold.ts";
import { placePlugin } from "./plugin/scope.ts";
import { listPlugins, switchPlugin } from "./plugin/switch.ts";
import { serveWorkbench } from "./plugin/workbench.ts";

/** `merpati plugin …`: works beside a running bot. */
export function pluginCommand() {
  const plugin = command("plugin", "Makes, tests, switches and removes plugins.");
  authoring(plugin);
  switching(plugin);
  replaying(plugin);
  // The process behind the test kit.
  plugin.command("workbench", { hidden: true }).action(serveWorkbench);
  return plugin;
}

const yesWords = "Does not ask.";

function authoring(plugin: Command): void {
  plugin
    .command("new <name>")
    .description("Makes a plugin and its test: a small letter, then a-z, 0-9 and -.")
    .action((name) => makePlugin(loadConfig().pluginsDir, name));
  plugin
    .command("add <what>")
    .description(
      "Copies one of those that come with the bot, or brings that of an address: https://…/weather.ts@<hash>.",
    )
    .option("--yes", yesWords, false)
    .action((what, { yes }) =>
      isPluginAddress(what) ? addFrom(loadConfig(), what, yes) : addPlugin(loadConfig().pluginsDir, what),
    );
  plugin
    .command("test [name]")
    .description("Runs the tests beside the plugins, or those of one.")
    .action((name) => testPlugins(loadConfig().pluginsDir, name));
}

function switching(plugin: Command): void {
  plugin.command("list").description("Every plugin and whether it is on.").action(stored(listPlugins));
  plugin
    .command("enable <name>")
    .description("Switches a plugin on, with the permissions that it asks for.")
    .option("--yes", yesWords, false)
    .action(async (name, { yes }) => stored(switchPlugin)({ name, on: true, yes }));
  plugin
    .command("disable <name>")
    .description("Switches a plugin off.")
    .action((name) => stored(switchPlugin)({ name, on: false, yes: true }));
  plugin
    .command("remove <name>")
    .description("Deletes a plugin and what it stored.")
    .option("--keep-data", "What it stored stays.", false)
    .option("--yes", yesWords, false)
    .action((name, how) => removePlugin(loadConfig(), { name, ...how }));
  plugin
    .command("scope <name>")
    .description("Says where a plugin is on, or sets it.")
    .option("--device <id...>", "Only on these devices.")
    .option("--chat <jid...>", "Only in these chats.")
    .option("--except <jid...>", "Not in these chats.")
    .option("--everywhere", "On every device and in every chat.", false)
    .action((name, where) => stored(placePlugin)({ name, ...where }));
}

function replaying(plugin: Command): void {
  plugin
    .command("record <file>")
    .description("Writes the last events of the log to a .jsonl file, with invented numbers and names.")
    .option("--last <n>", "How many.", wholeNumber("--last", 1, 10_000), 20)
    .option("--types <list>", "Only these types of events, with commas.")
    .option("--device <id>", "Of which device.", "default")
    .option("--as-is", "With the real numbers and names.", false)
    .action((file, what) => withStore(loadConfig().sessionsDir, (store) => recordEvents(store, { file, ...what })));
  plugin
    .command("replay <name> <what>")
    .description("Hands a plugin an event of the log, by its seq, or those of a file, and shows what it would send.")
    .option("--device <id>", "Of which device.", "default")
    .action((name, what, { device }) => stored(replayEvent)({ name, what, device }));
}

type Config = ReturnType<typeof loadConfig>;
type Store = Parameters<Parameters<typeof withStore>[1]>[0];

/** `work` on the store of the data folder. */
const stored =
  <Wanted>(work: (config: Config, store: Store, wanted: Wanted) => Promise<void>) =>
  (wanted: Wanted): Promise<void> => {
    const config = loadConfig();
    return withPluginStore(config, (store) => work(config, store, wanted));
  };

/** How long a test may take: a small machine starts a bot in some seconds. */
const patience = "--timeout=30000";

/** Runs the tests beside the plugins. The binary is a Bun too, when it is told so. */
async function testPlugins(dir: string, name: string | undefined): Promise<void> {
  if (!existsSync(dir)) throw new Failure("not_found", `There is no folder ${dir}.`);
  await writeKit(dir);
  const child = Bun.spawn([process.execPath, "test", patience, ...(name === undefined ? [] : [name])], {
    cwd: dir,
    env: { ...process.env, MERPATI_TEST_BOT: JSON.stringify(ownCommand()), BUN_BE_BUN: "1" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  process.exitCode = await child.exited;
}
