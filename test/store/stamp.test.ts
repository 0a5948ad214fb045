import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/store/open.ts";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { linesOf } from "../lines.ts";
import { adminKey } from "../harness.ts";
import { HandClock } from "../clock.ts";
import { merpati, ran } from "../cli/merpati.ts";
import { startBot, type TestBot } from "../harness.ts";

const only = (name: string) => (path: string) => !path.includes(name);

async function hears(bot: TestBot, text: string): Promise<void> {
  const { id } = await bot.contact().says(text, { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === id);
}

/** A bot that has run, then went on: its folder, and a copy from before. */
async function grown() {
  const bot = await startBot();
  await bot.link();
  await hears(bot, "one");
  await bot.stop();
  const copy = mkdtempSync(join(tmpdir(), "merpati-copy-"));
  cpSync(bot.folder, copy, { recursive: true });
  await bot.start();
  await bot.until(() => bot.device.status().phase === "connected", "the device to connect");
  await hears(bot, "two");
  await bot.stop();
  return { bot, copy };
}

/** What a start says of the folder; null when it takes it. */
async function refusal(dir: string): Promise<string | null> {
  const store = await openStore({ dir, clock: new HandClock(Date.now()), targetsOf: () => [] }).catch(
    (error: Error) => error.message,
  );
  if (typeof store === "string") return store;
  await store.close();
  return null;
}

test("an older, a missing, an emptied database and one without its note are refused, each with its sentence", async () => {
  const { bot, copy } = await grown();
  const { folder } = bot;
  const file = join(folder, "merpati.sqlite");
  const whole = mkdtempSync(join(tmpdir(), "merpati-whole-"));
  cpSync(folder, whole, { recursive: true });
  const putBack = (): void => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    cpSync(whole, folder, { recursive: true });
  };
  const cases: [string, () => void][] = [
    ["is older than the one that ran here last", () => cpSync(join(copy, "merpati.sqlite"), file)],
    ["is missing from", () => rmSync(file)],
    ["is missing from", () => truncateSync(file, 0)],
    ["without its stamp.json: it is a copy", () => rmSync(join(folder, "stamp.json"))],
  ];
  for (const [sentence, change] of cases) {
    change();
    const said = await refusal(folder);
    expect(said).toContain(sentence);
    expect(said).toMatch(/merpati backup restore|start once with: merpati start --after-restore$/);
    // Refused, it is as it was.
    expect(await refusal(folder)).toBe(said);
    putBack();
  }
  expect(await refusal(folder)).toBeNull();
  for (const dir of [copy, whole]) rmSync(dir, { recursive: true });
  await bot[Symbol.asyncDispose]();
}, 60_000);

test("a copy of a running bot without the log of its database is refused", async () => {
  await using bot = await startBot();
  await bot.link();
  await hears(bot, "one");
  const copy = mkdtempSync(join(tmpdir(), "merpati-copy-"));
  // The note follows the events by itself; here it is brought up to date.
  await bot.restart();
  await bot.until(() => bot.device.status().phase === "connected", "the device to connect");
  const db = new Database(join(bot.folder, "merpati.sqlite"));
  db.run("PRAGMA wal_checkpoint(FULL)");
  db.close();
  await hears(bot, "two");
  cpSync(bot.folder, copy, { recursive: true, filter: only("-wal") });
  await bot.stop();
  cpSync(join(bot.folder, "stamp.json"), join(copy, "stamp.json"));
  expect(await refusal(copy)).toContain("lacks its last changes: was it copied without merpati.sqlite-wal?");
  rmSync(copy, { recursive: true });
}, 30_000);

test("a store of a Merpati without stamps, and a new folder, are taken", async () => {
  const dir = mkdtempSync(join(tmpdir(), "merpati-new-"));
  expect(await refusal(dir)).toBeNull();
  expect(existsSync(join(dir, "stamp.json"))).toBe(true);
  expect(await refusal(dir)).toBeNull();
  expect(JSON.parse(readFileSync(join(dir, "stamp.json"), "utf8"))).toMatchObject({ generation: 2 });
  rmSync(dir, { recursive: true });
});

test("start --after-restore takes a copy, and says what it does to its sessions", async () => {
  const sim = await startBotSimulator();
  const dir = mkdtempSync(join(tmpdir(), "merpati-again-"));
  const env = {
    PORT: "0",
    HOST: "127.0.0.1",
    API_KEY: adminKey,
    WHATSAPP_URL: sim.url,
    WHATSAPP_ROOT_KEY: sim.rootKey,
    PLUGINS_DIR: join(dir, "plugins"),
  };
  expect(await refusal(dir)).toBeNull();
  rmSync(join(dir, "stamp.json"));
  expect((await ran(dir, ["start"], env)).err).toContain("start once with: merpati start --after-restore");
  const child = merpati(dir, ["start", "--after-restore"], env);
  const said = linesOf(child.stdout);
  await said.until("begin anew (0 keys)");
  await said.until("Merpati listens on");
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  expect(await refusal(dir)).toBeNull();
  await sim.stop();
  rmSync(dir, { recursive: true });
}, 30_000);
