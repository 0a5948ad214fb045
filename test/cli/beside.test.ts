import { expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adminKey, startBot } from "../harness.ts";
import { linesOf } from "../lines.ts";
import { merpati, ran } from "./merpati.ts";

test("beside a running bot nothing needs a key: a device is made, linked, sends, is renamed, stopped, logged out", async () => {
  await using bot = await startBot();
  await bot.link();
  const run = (...args: string[]) => ran(bot.folder, args);
  expect((await run("device", "new", "shop", "--label=Shop")).out).toStartWith("Made the device shop.");
  const linking = merpati(bot.folder, ["device", "link", "shop"]);
  const said = linesOf(linking.stdout);
  await said.until("Scan with WhatsApp");
  const shop = bot.workspace.device("shop");
  const phone = bot.sim.phone("6281100000077", { name: "Shop" });
  await phone.scan(shop.status().qr?.qr ?? "");
  await said.until("Linked. WhatsApp is connected.");
  expect(await linking.exited).toBe(0);
  const ann = bot.contact();
  const sent = await run("send", ann.number, "Hello", "from", "the", "shop", "--device=shop");
  expect(sent).toMatchObject({ out: expect.stringMatching(/^\S+ is sent\.\n$/), err: "", exit: 0 });
  await ann.hears("Hello from the shop");
  expect((await run("device", "rename", "shop", "Corner shop")).out).toBe(
    "The device shop is called Corner shop now.\n",
  );
  expect((await run("status")).out).toContain("  shop (Corner shop): connected\n");
  expect((await run("device", "stop", "shop")).out).toBe("The device shop is stopped.\n");
  const { out, exit } = await run("status");
  expect(out).toContain(
    "shop (Corner shop): This device is linked (…0077) and stopped: `merpati device start shop` connects it.\n",
  );
  expect([out.endsWith("\n1 device needs you.\n"), exit]).toEqual([true, 1]);
  expect((await run("device", "logout", "shop")).out).toBe("The device shop is logged out.\n");
  expect((await run("device", "start", "nobody")).err).toBe("Device not found or access denied\n");
  bot.sim.assertNoProblems();
}, 60_000);

test("the devices of another tenant are reached with --tenant, and by no key but the admin's", async () => {
  await using bot = await startBot();
  await bot.link();
  const run = (...args: string[]) => ran(bot.folder, args);
  await run("tenant", "new", "acme");
  expect((await run("device", "new", "till", "--tenant=acme")).out).toEndWith(
    "merpati device link till --tenant=acme\n",
  );
  expect((await run("device", "start", "till", "--tenant=acme")).out).toBe("The device till is starting.\n");
  expect((await run("device", "start", "till")).err).toBe("Device not found or access denied\n");
  expect((await run("status")).out).toContain("  acme/till: No WhatsApp account is linked. ");
  expect((await run("device", "start", "till", "--tenant=nobody")).err).toBe('There is no tenant "nobody".\n');
  const { key } = await bot.app
    .administer(bot.workspace.principal)
    .createKey({ tenant: "default", name: "x", scopes: ["read", "manage"], devices: null, expiresAt: null });
  const headers = { "x-api-key": key, "x-tenant": "acme" };
  expect((await fetch(`${bot.url}/v1/devices/till`, { headers })).status).toBe(403);
  const audit = await bot.app.administer(bot.workspace.principal).audit({ limit: 20 });
  expect(audit).toContainEqual(
    expect.objectContaining({ action: "device.start", tenant: "acme", subject: "till", actor: "command line" }),
  );
}, 30_000);

test("a bot elsewhere is reached by address and key, and the key stands in a file", async () => {
  await using bot = await startBot();
  const elsewhere = join(bot.folder, "elsewhere");
  const run = (...args: string[]) => ran(bot.folder, args, { SESSIONS_DIR: elsewhere, PLUGINS_DIR: "absent" });
  const nothing = await run("device", "list");
  expect(nothing.err).toStartWith(
    `No bot runs in ${elsewhere}: run this in its folder, start it, or name one with --url`,
  );
  expect((await run("device", "list", `--url=${bot.url}`)).err).toContain("name a file with a key: --key-file");
  expect((await run("device", "list", `--url=${bot.url}`, `--key=${adminKey}`)).err).toContain(
    "Unknown option '--key=",
  );
  writeFileSync(join(bot.folder, "key"), `${adminKey}\n`);
  expect((await run("device", "list", `--url=${bot.url}`, "--key-file=key")).out).toStartWith("default  ");
  expect((await run("device", "list", "--key-file=absent")).err).toBe("--key-file: absent cannot be read.\n");
  for (const args of [["key", "list"], ["tenant", "list"], ["webhook", "list"], ["plugin", "list"], ["status"]])
    expect((await run(...args)).err).toStartWith(`There is no Merpati in ${elsewhere}: `);
  expect(existsSync(elsewhere)).toBe(false);
}, 30_000);

test("the key of the command line ends with the process, and only its owner reads it", async () => {
  await using bot = await startBot();
  const file = join(bot.folder, "running.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { key } = JSON.parse(readFileSync(file, "utf8")) as { key: string };
  const ask = () => fetch(`${bot.url}/v1/devices`, { headers: { "x-api-key": key } });
  expect((await ask()).status).toBe(200);
  await bot.stop();
  expect(existsSync(file)).toBe(false);
  const stopped = await ran(bot.folder, ["status"]);
  expect([stopped.out, stopped.exit]).toEqual([expect.stringContaining("Merpati does not run in"), 3]);
  await bot.start();
  expect((await ask()).status).toBe(401);
}, 30_000);

test("logs prints the last lines and follows those to come", async () => {
  await using bot = await startBot();
  await bot.link();
  expect((await ran(bot.folder, ["logs", "--level=loud"])).err).toStartWith("--level takes one of debug, info");
  const following = merpati(bot.folder, ["logs", "-f", "--lines=1"]);
  const said = linesOf(following.stdout);
  await said.until("INFO");
  const line = said.until("code=401");
  await bot.phone.unlink();
  expect(await line).toMatch(/\d\d:\d\d:\d\d WARN .*device=default/);
  following.kill("SIGINT");
  expect(await following.exited).toBe(0);
}, 30_000);

test("doctor finds what is wrong, and mends what it can", async () => {
  await using bot = await startBot();
  await bot.link();
  const environment = { WHATSAPP_URL: bot.sim.url, WHATSAPP_ROOT_KEY: bot.sim.rootKey, LOG_LEVEL: "info" };
  const doctor = (...more: string[]) => ran(bot.folder, ["doctor", ...more], environment);
  // These are of the tests.
  chmodSync(join(bot.folder, "authority.pem"), 0o600);
  chmodSync(join(bot.folder, "plugins"), 0o700);
  const before = await doctor();
  const wrong = (text: string) => text.split("\n").filter((line) => line.startsWith("✗"));
  expect(wrong(before.out)).toEqual(["✗ WHATSAPP_URL is set: this bot talks to another server than WhatsApp's."]);
  expect(before.out).toContain("✓ A bot runs at ");
  await bot.device.stop();
  chmodSync(join(bot.folder, "merpati.sqlite"), 0o644);
  const found = await doctor();
  expect(wrong(found.out)).toEqual([
    expect.any(String),
    expect.stringMatching(/may read .*merpati\.sqlite\. `merpati doctor --fix` mends it\.$/),
    expect.stringMatching(/^✗ default\/default: .*`merpati device start default` connects it\.$/),
  ]);
  expect(found.exit).toBe(1);
  expect((await doctor("--fix")).out).toContain("merpati.sqlite. Mended.");
  expect(statSync(join(bot.folder, "merpati.sqlite")).mode & 0o777).toBe(0o600);
  await bot.stop();
  writeFileSync(join(bot.folder, "running.json"), '{"url":"http://127.0.0.1:9","key":"x","pid":999999999}');
  expect((await doctor("--fix")).out).toContain("names a bot that runs no more; it was ended hard. Mended.");
  expect(existsSync(join(bot.folder, "running.json"))).toBe(false);
}, 60_000);

test("a support bundle holds no number, key, name or text", async () => {
  await using bot = await startBot();
  await bot.link();
  const run = (...args: string[]) =>
    ran(bot.folder, args, { WHATSAPP_URL: "ws://127.0.0.1:9", WHATSAPP_ROOT_KEY: "0".repeat(64) });
  await run("device", "new", "secret-shop", "--label=Bakery");
  const { id } = await bot.contact().says("a private word", { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === id);
  await bot.device.stop();
  expect((await bot.call("POST", "/v1/webhooks", { url: "https://shop.example.com/hook" })).status).toBe(201);
  // What the log says of a setting that is none has the setting in it.
  Object.assign(bot.envFile, { ALERT_EMAIL: "budi@home.test or not", UPDATE_URL: "shop.example.com" });
  await bot.hangUp();
  expect((await run("support-bundle", "--out=bundle.json")).out).toContain("bundle.json is written.");
  const text = readFileSync(join(bot.folder, "bundle.json"), "utf8");
  const personal = [
    bot.phone.number,
    bot.contact().number,
    "private",
    "secret-shop",
    "Bakery",
    "shop.example",
    "budi",
    adminKey,
    bot.folder,
  ];
  expect(personal.filter((each) => text.includes(each))).toEqual([]);
  const bundle = JSON.parse(text) as { running: { devices: unknown[]; log: unknown[] }; settings_set: string[] };
  expect(bundle.running.devices).toContainEqual({
    tenant: "default",
    device: "device-1",
    phase: "stopped",
    reason: "requested",
  });
  expect(bundle.running.log.length).toBeGreaterThan(0);
  expect(bundle.settings_set).toContain("WHATSAPP_ROOT_KEY");
  expect((await run("support-bundle", "--out=bundle.json")).err).toContain("name another with --out");
}, 60_000);

test("every command and sub-command says what it takes, and a typing error what was meant", async () => {
  const help = async (...args: string[]) => (await ran(process.cwd(), [...args, "--help"])).out;
  expect((await ran(process.cwd(), ["help", "device"])).out).toMatch(/^Usage: merpati device [^]*link \[options] <id>/);
  expect(await help("device", "link")).toMatch(/--code <number> .*pairing code/);
  expect(await help("key", "new")).toMatch(/--scopes <list> .*read,send,manage/);
  expect((await ran(process.cwd(), ["help", "devcie"])).err).toContain("Did you mean device?");
  expect((await ran(process.cwd(), ["device", "lnk", "x"])).err).toContain("Did you mean link?");
  expect((await ran(process.cwd(), ["key", "new", "--scope", "read"])).err).toContain("Did you mean --scopes?");
}, 30_000);

test("a new bot is linked from the command line alone; any other device must have been made", async () => {
  await using bot = await startBot({ unasked: true });
  expect((await ran(bot.folder, ["device", "link", "shop"])).err).toBe(
    'There is no device shop yet: make it with "merpati device new shop".\n',
  );
  const linking = merpati(bot.folder, ["device", "link", "default"]);
  const said = linesOf(linking.stdout);
  await said.until("Scan with WhatsApp");
  await bot.phone.scan(bot.device.status().qr?.qr ?? "");
  await said.until("Linked. WhatsApp is connected.");
  expect(await linking.exited).toBe(0);
}, 30_000);

test("a key that is made beside a running bot lets in at once, and one that is revoked does not", async () => {
  await using bot = await startBot({ unasked: true });
  const { out } = await ran(bot.folder, ["key", "new", "--name=shop", "--scopes=read"]);
  const [key = "", id = ""] = [/^mp_\S+/.exec(out)?.[0], /Its id is (\S+)\./.exec(out)?.[1]];
  const status = async () => (await fetch(`${bot.url}/v1/devices`, { headers: { "x-api-key": key } })).status;
  expect(await status()).toBe(200);
  await ran(bot.folder, ["key", "revoke", id]);
  expect(await status()).toBe(401);
}, 30_000);
