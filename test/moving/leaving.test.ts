import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { folderFiles } from "../../src/cli/import/folder.ts";
import { sealedFiles } from "../../src/cli/import/sealed.ts";
import { ran } from "../cli/merpati.ts";
import { TestBot } from "../harness.ts";
import { stockBaileys } from "../stock/baileys.ts";
import { writesBothWays } from "./moving-story.ts";
import { OldServer } from "./old-server.ts";

const passphrase = "correct-horse-battery";

/** A bot whose device is linked, has talked in a chat and a group, and is stopped; and a folder beside it. */
async function usedAndStopped(profile: "2026-03" | "newest") {
  const sim = await startBotSimulator({ profile });
  const bot = new TestBot(sim, { unasked: true });
  await bot.start();
  await bot.workspace.createDevice("default");
  await bot.link();
  const family = sim.group("Family", [bot.contact(), bot.phone]);
  await writesBothWays(bot, family, 4);
  const folder = mkdtempSync(join(tmpdir(), "merpati-leaving-"));
  await Bun.write(join(folder, "passphrase"), passphrase);
  return { sim, bot, family, folder };
}

const out = (bot: TestBot, folder: string, to: string, ...more: string[]) =>
  ran(bot.folder, [
    "export",
    "device",
    "default",
    `--to=${join(folder, to)}`,
    `--passphrase-file=${join(folder, "passphrase")}`,
    ...more,
  ]);

test("another Merpati takes the sealed file, and goes on where this one stopped", async () => {
  const { sim, bot, family, folder } = await usedAndStopped("newest");
  await using _ = bot;
  const early = await bot.call("POST", "/v1/admin/tenants/default/devices/default/export", { passphrase });
  expect([early.status, await early.json()]).toMatchObject([409, { error: expect.stringContaining("Stop this") }]);
  await bot.device.stop();
  const path = "/v1/admin/tenants/default/devices/default/export";
  const made = await bot.call("POST", "/v1/admin/keys", { name: "x", scopes: ["read", "send", "manage"] });
  const { key } = ((await made.json()) as { data: { key: string } }).data;
  expect((await bot.call("POST", path, { passphrase }, { "x-api-key": key })).status).toBe(403);
  const short = await bot.call("POST", path, { passphrase: "eleven-char" });
  expect([short.status, await short.json()]).toMatchObject([400, { error: expect.stringContaining("12 characters") }]);
  const told = await out(bot, folder, "shop.merpati");
  expect([told.exit, told.err]).toEqual([0, ""]);
  const file = join(folder, "shop.merpati");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = await Bun.file(file).text();
  expect(text).not.toContain("creds");
  await Bun.write(join(folder, "wrong"), "another-passphrase");
  await expect(sealedFiles(file, join(folder, "wrong"))).rejects.toThrow("does not open this file");
  const changed = text.replace(/"data":"(.)/, (_all, first: string) => `"data":"${first === "A" ? "B" : "A"}`);
  await Bun.write(join(folder, "changed"), changed);
  await expect(sealedFiles(join(folder, "changed"), join(folder, "passphrase"))).rejects.toThrow("was changed");

  const other = new TestBot(sim, { unasked: true });
  await other.start();
  await other.workspace.createDevice("default");
  const files = await sealedFiles(file, join(folder, "passphrase"));
  await other.device.moveIn(files, { stopped: true, dryRun: false });
  await other.device.start();
  await other.connected();
  await writesBothWays(other, family, 6);
  expect(other.events.filter(({ type }) => type === "message.undecryptable")).toEqual([]);
  sim.assertNoProblems();
  await other.remove();
  rmSync(folder, { recursive: true });
}, 60_000);

test("stock Baileys takes the folder, and hears and is heard", async () => {
  const { sim, bot, family, folder } = await usedAndStopped("2026-03");
  await using _ = bot;
  await bot.device.stop();
  const told = await out(bot, folder, "auth", "--form=baileys");
  expect([told.exit, told.err]).toEqual([0, ""]);
  const auth = join(folder, "auth");
  expect(readdirSync(auth)).toContain("creds.json");
  expect(statSync(join(auth, "creds.json")).mode & 0o777).toBe(0o600);
  expect(Object.keys(folderFiles(auth)).filter((name) => name.startsWith("session-")).length).toBeGreaterThan(0);
  const baileys = new OldServer(await stockBaileys(), sim, auth);
  await baileys.link(bot.phone);
  const ann = bot.contact();
  for (const [text, to] of [
    ["to Baileys", bot.phone],
    ["to its group", family],
  ] as const) {
    const heard = baileys.hears(text);
    await ann.says(text, { to });
    await heard;
  }
  await baileys.socket.sendMessage(`${ann.number}@s.whatsapp.net`, { text: "from Baileys" });
  await ann.hears("from Baileys");
  await baileys.stop();
  rmSync(folder, { recursive: true });
}, 60_000);
