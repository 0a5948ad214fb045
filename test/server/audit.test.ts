import { expect, test } from "bun:test";
import { WoundClock } from "../clock.ts";
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

test("the audit is asked by who, what, on what and when; keys and webhooks are named", async () => {
  await using bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  const scopes = ["read", "send", "manage"];
  const { key = "", id = "" } = await made(bot, "/v1/admin/keys", { name: "till", scopes });
  const call = (method: string, path: string, body?: object) => bot.call(method, path, body, { "x-api-key": key });
  await call("POST", "/v1/devices", { device_id: "shop" });
  await call("POST", "/v1/devices/shop/stop");
  await call("POST", "/v1/devices/default/stop");
  await bot.call("POST", "/v1/devices/shop/stop");
  await call("POST", "/v1/admin/keys", { name: "more", scopes });
  const { url, id: hook } = await made(bot, "/v1/webhooks", { url: bot.receiver.url });
  const asked = async (query: string) => {
    const answer = await (await bot.call("GET", `/v1/admin/audit?${query}`)).json();
    if (answer.data === undefined) return answer.error;
    const told = answer.data as { action: string; subject_name: string | null; actor_name: string | null }[];
    return told.map(({ action, subject_name, actor_name }) => [action, actor_name, subject_name]);
  };
  expect(await asked(`actor=${id}&action=device.*`)).toEqual([
    ["device.stop", "till", null],
    ["device.stop", "till", null],
    ["device.create", "till", null],
  ]);
  expect(await asked("action=device.stop&subject=shop")).toEqual([
    ["device.stop", null, null],
    ["device.stop", "till", null],
  ]);
  expect(await asked("action=*.refused")).toEqual([["key.create.refused", "till", null]]);
  expect(await asked("actor=API_KEY&action=key.create")).toEqual([["key.create", null, "till"]]);
  expect(await asked(`subject=${hook}`)).toEqual([["webhook.create", null, url ?? ""]]);
  const now = Math.floor(Date.now() / 1_000);
  expect(await asked(`since=${now + 60}`)).toEqual([]);
  expect(await asked(`until=${now - 60}`)).toEqual([]);
  expect(await asked(`since=${now - 60}&until=${now + 1}&action=key.create`)).toHaveLength(1);
  for (const wrong of ["action=Device", "action=%25", "action=[a-z]*", "action=*", "since=soon"])
    expect(await asked(wrong)).toBeString();
});

test("a key is rotated: the other may do the same, and the one before goes on for as long as one says", async () => {
  const clock = new WoundClock();
  await using bot = await startBot({ stands: { clock } });
  const bound = { name: "till", scopes: ["read"], devices: ["default"] };
  const { key = "", id = "" } = await made(bot, "/v1/admin/keys", bound);
  const status = async (with_: string) =>
    (await fetch(`${bot.url}/v1/devices`, { headers: { "x-api-key": with_ } })).status;
  const second = await made(bot, `/v1/admin/keys/${id}/rotate`, { overlap: 60 });
  expect(second).toMatchObject({ ...bound, tenant: "default", expires_at: null, last_used_at: null });
  expect([await status(key), await status(second["key"] ?? "")]).toEqual([200, 200]);
  clock.wind(61_000);
  expect([await status(key), await status(second["key"] ?? "")]).toEqual([401, 200]);
  const third = await made(bot, `/v1/admin/keys/${second["id"]}/rotate`, { overlap: 0 });
  expect([await status(second["key"] ?? ""), await status(third["key"] ?? "")]).toEqual([401, 200]);
  // What is over has none in its place, and nobody but an admin makes one.
  const rotate = (one = "", headers = {}) => bot.call("POST", `/v1/admin/keys/${one}/rotate`, {}, headers);
  expect((await rotate(second["id"])).status).toBe(404);
  expect((await rotate(third["id"], { "x-api-key": third["key"] ?? "" })).status).toBe(403);
  expect((await bot.call("POST", `/v1/admin/keys/${third["id"]}/rotate`, { overlap: 2_592_001 })).status).toBe(400);
  // A key that was to end still ends then.
  const soon = Math.floor(clock.now() / 1_000) + 100;
  const ending = await made(bot, "/v1/admin/keys", { name: "guest", scopes: ["read"], expires_at: soon });
  expect((await made(bot, `/v1/admin/keys/${ending["id"]}/rotate`, {}))["expires_at"]).toBe(soon as never);
  const { data } = (await (await bot.call("GET", "/v1/admin/keys")).json()) as { data: Record<string, unknown>[] };
  expect(data.find((key) => key["id"] === ending["id"])?.["expires_at"]).toBe(soon);
  expect((await entries(bot)).filter(({ action }) => action === "key.rotate")).toHaveLength(3);
});
