/**
 * Moves in from a Baileys that is not in this project's lock file: `bun test/moving/older.ts [version]`. It is installed
 * beside, links a device on the simulator and uses it; then the bot takes the folder over and 200 messages go both ways. With
 * `--keep`, the folder is written to `test/moving/fixtures/`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { folderFiles } from "../../src/cli/import/folder.ts";
import { TestBot } from "../harness.ts";
import { OldServer } from "./old-server.ts";
import { useAndStop, writesBothWays } from "./moving-story.ts";

const [given = "6.7.24", ...options] = process.argv.slice(2).toSorted((one) => (one.startsWith("--") ? 1 : -1));
const version = given.startsWith("--") ? "6.7.24" : given;
const home = mkdtempSync(join(tmpdir(), "merpati-older-"));
// It names a libsignal in a Git repository; the registry has the same. Bun does not put one in the place of the other.
const wanted = { dependencies: { "@whiskeysockets/baileys": version }, overrides: { libsignal: "6.0.0" } };
await Bun.write(join(home, "package.json"), JSON.stringify(wanted));
const install = ["npm", "install", "--ignore-scripts", "--omit=peer", "--legacy-peer-deps", "--no-audit", "--no-fund"];
if ((await Bun.spawn(install, { cwd: home, stdout: "ignore" }).exited) !== 0) process.exit(1);
const module = join(home, "node_modules/@whiskeysockets/baileys/lib/index.js");
const baileys = (await import(module)) as typeof import("@whiskeysockets/baileys");

const sim = await startBotSimulator({ profile: "2026-03" });
const bot = new TestBot(sim, { unasked: true });
const folder = join(home, "auth");
const group = await useAndStop(new OldServer(baileys, sim, folder), bot);
const files = folderFiles(folder);
if ([given, ...options].includes("--keep")) {
  mkdirSync(join(import.meta.dir, "fixtures"), { recursive: true });
  // A few pre-keys stand for all.
  const few = Object.entries(files).filter(([name]) => !/^pre-key-\d{2,}/.test(name));
  const text = `${JSON.stringify(Object.fromEntries(few), null, 1)}\n`;
  writeFileSync(join(import.meta.dir, "fixtures", `baileys-${version}.json`), text);
}
// What the simulator holds against the older client is not the bot's.
const complaints = sim.problems.length;
await bot.start();
await bot.workspace.createDevice("default");
const { report } = await bot.device.moveIn(files, { stopped: true, dryRun: false });
await bot.device.start();
await bot.connected();
await writesBothWays(bot, group, 100);
const unread = bot.events.filter(({ type }) => type === "message.undecryptable").length;
const problems = sim.problems.slice(complaints);
const told = `${unread} messages could not be read, ${problems.length} problems`;
process.stdout.write([`Baileys ${version}: ${JSON.stringify(report.kept)}, ${told}`, ...problems, ""].join("\n"));
await bot[Symbol.asyncDispose]();
rmSync(home, { recursive: true });
process.exit(unread + problems.length === 0 ? 0 : 1);
