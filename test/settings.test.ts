import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourcesIn } from "../src/config/config.ts";
import { LiveSettings } from "../src/config/live-settings.ts";
import type { Environment } from "../src/config/sources.ts";
import { startBotSimulator } from "../src/cli/base/simulated.ts";
import { merpati } from "./cli/merpati.ts";
import { linesOf } from "./lines.ts";
import { adminKey, startBot, type TestBot } from "./harness.ts";

const patch = (bot: TestBot, values: object) => bot.call("PATCH", "/v1/admin/settings", values);
const said = async (response: Response) =>
  [response.status, await response.json()] as [number, Record<string, unknown>];

interface Shown {
  name: string;
  value: string | null;
  source: string;
  changes: string;
  needs_restart: boolean;
}

async function shown(bot: TestBot, name: string): Promise<Shown | undefined> {
  const { data } = (await (await bot.call("GET", "/v1/admin/settings")).json()) as { data: Shown[] };
  return data.find((each) => each.name === name);
}

test("an admin changes settings while the bot runs, for good, and takes a change back", async () => {
  const lines: string[] = [];
  await using bot = await startBot({ out: { write: (line) => lines.push(line) } });
  const debugLines = () => lines.filter((line) => line.includes('"level":"debug"')).length;
  await bot.call("GET", "/v1/devices");
  expect(debugLines()).toBe(0);
  expect(await said(await patch(bot, { LOG_LEVEL: "debug", BACKUP_KEEP: 3 }))).toEqual([
    200,
    { success: true, data: { changed: ["BACKUP_KEEP", "LOG_LEVEL"], need_restart: [] } },
  ]);
  await bot.call("GET", "/v1/devices");
  expect(debugLines()).toBeGreaterThan(0);
  await bot.restart();
  expect(await shown(bot, "LOG_LEVEL")).toMatchObject({ value: "debug", source: "api", changes: "api" });
  expect(await said(await patch(bot, { LOG_LEVEL: null }))).toMatchObject([200, { data: { changed: ["LOG_LEVEL"] } }]);
  expect(await shown(bot, "LOG_LEVEL")).toMatchObject({ value: null, source: "default" });
  expect(JSON.parse(readFileSync(join(bot.folder, "settings.json"), "utf8"))).toEqual({ BACKUP_KEEP: "3" });
  const entries = await bot.app.administer(bot.workspace.principal).audit({ limit: 20 });
  const changes = entries.filter(({ action }) => action === "settings.change");
  expect(changes.map(({ actor, subject }) => [actor, subject])).toEqual([
    ["API_KEY", "LOG_LEVEL"],
    ["API_KEY", "BACKUP_KEEP, LOG_LEVEL"],
  ]);
});

test("one bad value and nothing changes; what the API may not change says where it changes", async () => {
  await using bot = await startBot();
  const refused = async (values: object) => {
    const [status, { error }] = await said(await patch(bot, values));
    return [status, error];
  };
  expect(await refused({ BACKUP_KEEP: 3, LOG_LEVEL: "loud" })).toEqual([
    400,
    '"LOG_LEVEL" takes debug or info or warn or error or silent.',
  ]);
  expect(await refused({ BACKUP_KEEP: 3, LOG_LEVL: "info" })).toEqual([
    400,
    '"LOG_LEVL" is not a setting. Did you mean LOG_LEVEL?',
  ]);
  expect(await refused({ BACKUP_KEEP: 3, ALERT_EMAIL: "me@example.com" })).toEqual([
    400,
    "ALERT_EMAIL needs SMTP_URL, the mail server that alerts go out by.",
  ]);
  expect(await refused({ BACKUP_KEEP: 3, OUTBOUND_ALLOW: "private" })).toEqual([
    409,
    "OUTBOUND_ALLOW is changed in .env only: change it there, then run `merpati settings reload` or POST /v1/admin/settings/reload.",
  ]);
  expect(await refused({ BACKUP_KEEP: 3, HOST: "0.0.0.0" })).toEqual([
    409,
    "HOST cannot change while the bot runs: change it in .env and start the bot again.",
  ]);
  expect(await shown(bot, "BACKUP_KEEP")).toMatchObject({ value: null, source: "default" });
});

test("settings are the admin's: a tenant that manages all of its own neither reads nor changes them", async () => {
  await using bot = await startBot();
  await bot.call("POST", "/v1/admin/tenants", { id: "acme" });
  const scopes = ["read", "send", "manage"];
  const { data } = (await (
    await bot.call("POST", "/v1/admin/keys", { tenant: "acme", name: "theirs", scopes })
  ).json()) as { data: { key: string } };
  for (const [method, path, body] of [
    ["GET", "", undefined],
    ["PATCH", "", { LOG_LEVEL: "silent" }],
    ["POST", "/reload", undefined],
  ] as const)
    expect((await bot.call(method, `/v1/admin/settings${path}`, body, { "x-api-key": data.key })).status).toBe(403);
});

test("secrets are never shown", async () => {
  await using bot = await startBot({
    env: { SMTP_URL: "smtp://me:hunter2@mail.example.com", METRICS_KEY: "m".repeat(20) },
  });
  const text = await (await bot.call("GET", "/v1/admin/settings")).text();
  for (const secret of ["hunter2", "mmmm", adminKey]) expect(text).not.toContain(secret);
  expect(await shown(bot, "SMTP_URL")).toMatchObject({ value: null, source: "environment" });
});

test("SIGHUP: what stands in .env holds, all of it or nothing; what waits for a restart is named", async () => {
  const lines: string[] = [];
  await using bot = await startBot({ out: { write: (line) => lines.push(line) } });
  const origin = "https://shop.example.com";
  const allowed = async () =>
    (await fetch(`${bot.url}/v1/devices`, { headers: { origin } })).headers.get("access-control-allow-origin");
  const metrics = async (key: string) => (await fetch(`${bot.url}/metrics`, { headers: { "x-api-key": key } })).status;
  const reaches = async () => (await bot.call("POST", "/v1/webhooks", { url: bot.receiver.url })).status;
  expect([await allowed(), await metrics("key-of-prometheus"), await reaches()]).toEqual([null, 401, 400]);
  Object.assign(bot.envFile, {
    CORS_ORIGIN: origin,
    METRICS_KEY: "key-of-prometheus",
    OUTBOUND_ALLOW: "loopback",
    SENDING: "paced",
    PLUGIN_WEATHER_CITY: "Bandung",
    LOG_LEVEL: "loud",
  });
  await bot.hangUp();
  expect(lines.at(-1)).toContain("LOG_LEVEL takes debug or info");
  expect(lines.at(-1)).toContain("all stay as they were");
  expect([await allowed(), await metrics("key-of-prometheus"), await reaches()]).toEqual([null, 401, 400]);
  delete bot.envFile["LOG_LEVEL"];
  await bot.hangUp();
  expect([await allowed(), await metrics("key-of-prometheus"), await reaches()]).toEqual([origin, 200, 201]);
  expect(lines.find((line) => line.includes("restart it"))).toContain('"settings":["PLUGIN_WEATHER_CITY"]');
  delete bot.envFile["CORS_ORIGIN"];
  await bot.hangUp();
  expect(await allowed()).toBe(null);
  const entries = await bot.app.administer(bot.workspace.principal).audit({ limit: 20 });
  expect(entries.filter(({ actor }) => actor === "SIGHUP").map(({ action, subject }) => [action, subject])).toEqual([
    ["settings.reload", "CORS_ORIGIN"],
    ["settings.reload", "METRICS_KEY, OUTBOUND_ALLOW, CORS_ORIGIN"],
    ["settings.reload.refused", null],
  ]);
});

test("SIGHUP with another API_KEY: the one before is put out, the new one comes in", async () => {
  await using bot = await startBot();
  const [first, second] = [adminKey, "the-second-key-of-the-admin"];
  const status = async (key: string) =>
    (await fetch(`${bot.url}/v1/devices`, { headers: { "x-api-key": key } })).status;
  expect(await status(first)).toBe(200);
  const stream = await fetch(`${bot.url}/v1/events`, { headers: { "x-api-key": first, accept: "text/event-stream" } });
  bot.envFile["API_KEY"] = second;
  await bot.hangUp();
  expect([await status(first), await status(second)]).toEqual([401, 200]);
  await stream.text().catch(() => "");
});

test("SIGHUP moves the operator's webhooks, who is told of alerts, and who owns the plugins", async () => {
  await using bot = await startBot();
  await bot.link();
  const channels = async () => {
    const { data } = (await (await bot.call("GET", "/v1/admin/alerts")).json()) as {
      data: { channels: { name: string }[] };
    };
    return data.channels.map(({ name }) => name);
  };
  expect(await channels()).toEqual([]);
  Object.assign(bot.envFile, {
    ALERT_WEBHOOK_URL: bot.receiver.url,
    OWNERS: "628123456789",
    COMMAND_PREFIX: "/",
    WEBHOOK_EVENTS: "message.received",
  });
  await bot.hangUp();
  expect(await channels()).toEqual(["webhook"]);
  const hooks = bot.workspace.webhooks.list();
  expect(hooks.map(({ events }) => events)).toEqual([["message.received"]]);
  await bot.install(
    "boss.ts",
    `export default { name: "boss", setup({ command }) {
      command("boss", { role: "owner" }, ({ reply }) => reply("yes"));
    } };`,
  );
  const contact = bot.contact();
  await contact.says("/boss", { to: bot.phone });
  await contact.hears("yes");
});

test("what an admin chose wins over the environment, that over .env", async () => {
  let [file, chosen]: [Environment, Environment] = [{ BACKUP_KEEP: "2", LOG_LEVEL: "warn" }, {}];
  const settings = LiveSettings.load({
    read: () => ({ file, environment: { LOG_LEVEL: "error", PORT: "0" }, chosen }),
    note: { read: async () => null, write: async () => {} },
  });
  const now = () => [settings.config.backupKeep, settings.config.logLevel, settings.config.port];
  expect(now()).toEqual([2, "error", 0]);
  expect(await settings.change({ LOG_LEVEL: "debug" })).toEqual({ changed: ["LOG_LEVEL"], needRestart: [] });
  expect(now()).toEqual([2, "debug", 0]);
  [file, chosen] = [{ BACKUP_KEEP: "4", PORT: "4000", DURABILITY: "normal" }, { LOG_LEVEL: "debug" }];
  expect(await settings.reload()).toEqual({ changed: ["BACKUP_KEEP"], needRestart: ["DURABILITY"] });
  expect([...now(), settings.config.durability]).toEqual([4, "debug", 0, "full"]);
});

test("a reload reads the file of a secret again, and a bad one leaves all as it was", async () => {
  const folder = mkdtempSync(join(tmpdir(), "merpati-settings-"));
  const file = join(folder, "smtp");
  writeFileSync(join(folder, ".env"), "SMTP_URL_FILE=smtp\nPHONE_NUMBER=628123456789\n");
  writeFileSync(file, "smtp://one.test");
  const settings = LiveSettings.load({
    read: () => sourcesIn(folder, {}),
    note: { read: async () => null, write: async () => {} },
  });
  expect(settings.list().find(({ name }) => name === "SMTP_URL")).toMatchObject({ value: null, source: "file" });
  expect(await settings.reload()).toEqual({ changed: [], needRestart: [] });
  writeFileSync(file, "smtp://two.test");
  expect(await settings.reload()).toEqual({ changed: ["SMTP_URL"], needRestart: [] });
  rmSync(file);
  await expect(settings.reload()).rejects.toThrow("SMTP_URL_FILE names smtp, which cannot be read.");
  expect(settings.config.smtpUrl).toContain("two.test");
  writeFileSync(join(folder, "other"), "smtp://three.test");
  writeFileSync(join(folder, ".env"), "SMTP_URL_FILE=other\nPHONE_NUMBER=628123456789\n");
  expect(await settings.reload()).toEqual({ changed: ["SMTP_URL"], needRestart: [] });
  rmSync(folder, { recursive: true });
});

test("a process: SIGHUP reads the .env of its folder, a bad one keeps it as it was, and it ends by SIGTERM only", async () => {
  const dir = mkdtempSync(join(tmpdir(), "merpati-settings-"));
  const sim = await startBotSimulator();
  const env = { PORT: "0", HOST: "127.0.0.1", API_KEY: adminKey, PLUGINS_DIR: join(dir, "plugins") };
  const write = (more: string) =>
    writeFileSync(join(dir, ".env"), `WHATSAPP_URL=${sim.url}\nWHATSAPP_ROOT_KEY=${sim.rootKey}\n${more}\n`);
  write("BACKUP_KEEP=2");
  const child = merpati(dir, ["start"], env);
  const said = linesOf(child.stdout);
  await said.until("Merpati listens on");
  write("BACKUP_KEEP=0");
  child.kill("SIGHUP");
  await said.until("BACKUP_KEEP takes a whole number");
  write("BACKUP_KEEP=3\nPORT=4000");
  child.kill("SIGHUP");
  expect(await said.until("settings were changed")).toContain('"changed":["BACKUP_KEEP"]');
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  await sim.stop();
  rmSync(dir, { recursive: true });
}, 30_000);
