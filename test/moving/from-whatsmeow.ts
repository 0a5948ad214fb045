/**
 * Moves in from real whatsmeow: it links a device on the simulator and uses it, then the bot takes its store over and 200 messages
 * go both ways. With `--keep`, the rows of the store are written to `test/moving/fixtures/whatsmeow.json`.
 */
import { Database } from "bun:sqlite";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { whatsmeowFilesOf } from "../../src/cli/import/whatsmeow.ts";
import { buildGoPlayer } from "../clients/go-build.ts";
import { ProcessPlayer } from "../clients/process-player.ts";
import { link } from "../clients/story.ts";
import { TestBot } from "../harness.ts";
import { writesBothWays } from "./moving-story.ts";

const signs = [
  ["history", "type", "RECENT"],
  ["app-state", "name", "regular_low"],
] as const;
const home = mkdtempSync(join(tmpdir(), "merpati-whatsmeow-"));
const store = join(home, "store.db");
const sim = await startBotSimulator();
const bot = new TestBot(sim, { unasked: true });
const { phone } = bot;
const ann = bot.contact();
const family = sim.group("Family", [ann, phone]);
const player = new ProcessPlayer([await buildGoPlayer()], signs, {
  url: sim.secureUrl,
  rootKey: sim.rootKey,
  ca: sim.certificate,
});
await link(player, { sim, phone });
for (const to of [phone, family]) {
  const said = await ann.says("to whatsmeow", { to });
  await said.receipted();
}
await player.do("text", { to: `${ann.number}@s.whatsapp.net`, text: "from whatsmeow" });
await ann.hears("from whatsmeow");
await player.do("text", { to: family.id, text: "to the family" });
await ann.hears("to the family");
await player.do("disconnect");
copyFileSync(player.store, store);
await player.stop();

if (process.argv.includes("--keep")) {
  const db = new Database(store, { readonly: true });
  const tables = [
    "device",
    "sessions",
    "identity_keys",
    "sender_keys",
    "app_state_sync_keys",
    "lid_map",
    "privacy_tokens",
  ];
  const all = (sql: string) => db.query(sql).all() as Record<string, unknown>[];
  const hex = (rows: Record<string, unknown>[]) =>
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          value instanceof Uint8Array ? { hex: Buffer.from(value).toString("hex") } : value,
        ]),
      ),
    );
  const rows = Object.fromEntries(
    tables.map((name) => [`whatsmeow_${name}`, hex(all(`SELECT * FROM whatsmeow_${name}`))]),
  );
  // A few pre-keys stand for all.
  rows["whatsmeow_pre_keys"] = hex(all("SELECT * FROM whatsmeow_pre_keys LIMIT 3"));
  mkdirSync(join(import.meta.dir, "fixtures"), { recursive: true });
  writeFileSync(join(import.meta.dir, "fixtures/whatsmeow.json"), `${JSON.stringify(rows, null, 1)}\n`);
}
const complaints = sim.problems.length;
await bot.start();
await bot.workspace.createDevice("default");
const files = await whatsmeowFilesOf(store, undefined);
const { report } = await bot.device.moveIn(files, { stopped: true, dryRun: false });
process.stdout.write(`${JSON.stringify(report)}\n`);
await bot.device.start();
await bot.connected();
await writesBothWays(bot, family, 100);
const unread = bot.events.filter(({ type }) => type === "message.undecryptable").length;
const problems = sim.problems.slice(complaints);
process.stdout.write(
  [`whatsmeow: ${unread} messages could not be read, ${problems.length} problems`, ...problems, ""].join("\n"),
);
await bot[Symbol.asyncDispose]();
rmSync(home, { recursive: true });
process.exit(unread + problems.length === 0 ? 0 : 1);
