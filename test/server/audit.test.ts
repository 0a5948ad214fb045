import { expect, test } from "bun:test";
import { startBot, type TestBot } from "../harness.ts";
import { SocketClient } from "../socket-client.ts";

interface Entry {
  action: string;
  actor: string;
  tenant: string | null;
  subject: string | null;
  address: string | null;
  count: number;
}

const entries = async (bot: TestBot): Promise<Entry[]> =>
  ((await (await bot.call("GET", "/v1/admin/audit?limit=500")).json()) as { data: Entry[] }).data.toReversed();

const made = async (bot: TestBot, path: string, body: object): Promise<Record<string, string>> =>
  ((await (await bot.call("POST", path, body)).json()) as { data: Record<string, string> }).data;

test("every act is written down once, with the key that did it; reading writes nothing", async () => {
  await using bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.call("POST", "/v1/admin/tenants", { id: "acme" });
  const scopes = ["read", "send", "manage"];
  const { key = "", id = "" } = await made(bot, "/v1/admin/keys", { tenant: "acme", name: "theirs", scopes });
  const call = (method: string, path: string, body?: object) => bot.call(method, path, body, { "x-api-key": key });
  await bot.call("POST", "/v1/admin/tenants/acme/devices", { device_id: "shop" });
  await call("GET", "/v1/devices");
  await call("GET", "/v1/usage");
  for (let n = 0; n < 3; n++) await call("POST", "/v1/devices/shop/stop");
  await call("POST", "/v1/devices/nope/stop");
  await bot.call("POST", "/v1/admin/plugins/ping/disable");
  await bot.call("DELETE", "/v1/admin/tenants/acme"); // refused: it has a device
  await fetch(`${bot.url}/session`, { method: "POST", body: JSON.stringify({ key }) });
  const hook = await call("POST", "/v1/webhooks", { url: bot.receiver.url });
  const { data } = (await hook.json()) as { data: { id: string } };
  await call("GET", `/v1/webhooks/${data.id}/secret`);
  using socket = await SocketClient.open(bot.url, { auth: { key } });
  await socket.ask("session.create", { key: "page" });
  const found = await entries(bot);
  expect(found.map(({ actor, action, tenant, subject, count }) => [actor, action, tenant, subject, count])).toEqual([
    ["API_KEY", "tenant.create", "acme", "acme", 1],
    ["API_KEY", "key.create", null, id, 1],
    ["API_KEY", "device.create", "acme", "acme", 1],
    [id, "device.stop", "acme", "shop", 3],
    [id, "device.stop.refused", "acme", null, 1],
    ["API_KEY", "plugin.disable", null, "ping", 1],
    ["API_KEY", "tenant.remove.refused", null, null, 1],
    [id, "session.open", "acme", null, 1],
    [id, "webhook.create", "acme", data.id, 1],
    [id, "webhook.secret", "acme", data.id, 1],
    [id, "device.start", "acme", "page", 1],
  ]);
  expect(found.every(({ address }) => address === "127.0.0.1")).toBe(true);
});

test("what was to change something and was refused is written down, once an hour, whatever its path says", async () => {
  await using bot = await startBot();
  const { key = "", id = "" } = await made(bot, "/v1/admin/keys", { name: "eyes", scopes: ["read"] });
  const call = (method: string, path: string, body?: object) => bot.call(method, path, body, { "x-api-key": key });
  for (const device of ["default", "nope", "628123456789", "default"]) await call("POST", `/v1/devices/${device}/stop`);
  await call("POST", "/v1/admin/keys", { name: "more", scopes: ["manage"], admin: true });
  await call("POST", "/v1/devices/default/messages", { to: "628123456789" });
  await call("GET", "/v1/admin/keys");
  await call("GET", "/v1/devices/nope");
  await bot.call("POST", "/v1/devices/default/messages", { to: "nobody", text: "hi" });
  const found = (await entries(bot)).filter(({ action }) => action.endsWith(".refused"));
  expect(found.map(({ actor, action, tenant, subject, count }) => [actor, action, tenant, subject, count])).toEqual([
    [id, "device.stop.refused", "default", "default", 2],
    [id, "device.stop.refused", "default", null, 2],
    [id, "key.create.refused", null, null, 1],
    [id, "message.send.refused", "default", "default", 1],
    ["API_KEY", "message.send.refused", "default", "default", 1],
  ]);
});

test("what a plugin does is written down as the plugin's", async () => {
  await using bot = await startBot();
  await bot.install(
    "echo.ts",
    `export default { name: "echo", setup({ on }) { on("message.received", ({ reply }) => reply("noted")); } };`,
  );
  await bot.link();
  const ann = bot.contact();
  await ann.says("one", { to: bot.phone });
  await ann.hears("noted");
  while (!(await entries(bot)).some(({ actor }) => actor === "plugin:echo"));
  const [entry] = (await entries(bot)).filter(({ actor }) => actor === "plugin:echo");
  expect(entry).toMatchObject({ action: "message.send", subject: "default", address: null });
});

test("a QR link that is looked at again and again writes nothing", async () => {
  await using bot = await startBot();
  const { url = "" } = await made(bot, "/v1/devices/default/pairing/link", {});
  const before = (await entries(bot)).length;
  for (let n = 0; n < 20; n++) await fetch(url, { headers: { accept: "application/json" } });
  expect((await entries(bot)).length).toBe(before);
});

test("a QR link ends with the key that made it", async () => {
  await using bot = await startBot();
  const { key = "", id = "" } = await made(bot, "/v1/admin/keys", { tenant: "default", name: "a", scopes: ["manage"] });
  const link = await bot.call("POST", "/v1/devices/default/pairing/link", {}, { "x-api-key": key });
  const { url } = ((await link.json()) as { data: { url: string } }).data;
  const status = async () => (await fetch(url, { headers: { accept: "application/json" } })).status;
  expect(await status()).toBe(200);
  await bot.call("DELETE", `/v1/admin/keys/${id}`);
  expect(await status()).toBe(401);
});
