import { expect, test } from "bun:test";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { WoundClock } from "../clock.ts";

const sameOrigin = (bot: TestBot) => ({ "sec-fetch-site": "same-origin", origin: bot.url });

async function signIn(bot: TestBot, key = adminKey, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${bot.url}/session`, {
    method: "POST",
    headers: { ...sameOrigin(bot), ...headers },
    body: JSON.stringify({ key }),
  });
  expect(response.status).toBe(200);
  return response.headers.get("set-cookie")?.split(";")[0]?.split("=")[1] ?? "";
}

/** Cookies are named by the port, which is another after a restart. */
async function status(bot: TestBot, cookie: string): Promise<number> {
  const headers = { ...sameOrigin(bot), cookie: `merpati_${new URL(bot.url).port}=${cookie}` };
  return (await fetch(`${bot.url}/v1/devices`, { headers })).status;
}

const another = "another-key-of-the-admin-0123456789";

test("a session survives a restart, and ends with another API_KEY", async () => {
  const env: Record<string, string> = {};
  await using bot = await startBot({ env });
  const cookie = await signIn(bot);
  const { key } = await newKey(bot);
  const theirs = await signIn(bot, key);
  await bot.restart();
  expect(await status(bot, cookie)).toBe(200);
  expect(await status(bot, theirs)).toBe(200);
  expect(await status(bot, `${cookie}x`)).toBe(401);
  env["API_KEY"] = another;
  await bot.restart();
  expect(await status(bot, cookie)).toBe(401);
  expect(await status(bot, theirs)).toBe(200);
});

async function newKey(bot: TestBot): Promise<{ key: string; id: string }> {
  const made = await bot.call("POST", "/v1/admin/keys", { name: "theirs", scopes: ["read"] });
  return ((await made.json()) as { data: { key: string; id: string } }).data;
}

test("a key signs out nobody but its own oldest, and everywhere when it is told", async () => {
  await using bot = await startBot();
  await bot.call("PATCH", "/v1/admin/tenants/default", { limits: { sign_ins_per_minute: null } });
  const { key, id } = await newKey(bot);
  const admins = await signIn(bot);
  const first = await signIn(bot, key);
  let last = "";
  for (let n = 0; n < 20; n++) last = await signIn(bot, key);
  expect([await status(bot, admins), await status(bot, first), await status(bot, last)]).toEqual([200, 401, 200]);
  const out = await fetch(`${bot.url}/session?everywhere=true`, {
    method: "DELETE",
    headers: { ...sameOrigin(bot), cookie: `merpati_${new URL(bot.url).port}=${last}` },
  });
  expect(await out.json()).toEqual({ success: true, message: "Signed out everywhere" });
  expect([await status(bot, admins), await status(bot, last)]).toEqual([200, 401]);
  await bot.restart();
  expect([await status(bot, admins), await status(bot, last)]).toEqual([200, 401]);
  const again = await signIn(bot, key);
  await bot.call("DELETE", `/v1/admin/keys/${id}`);
  expect(await status(bot, again)).toBe(401);
});

const hour = 3_600_000;

test("a session ends after a day without use, and after a week at the latest", async () => {
  const clock = new WoundClock();
  await using bot = await startBot({ stands: { clock } });
  const used = await signIn(bot);
  const idle = await signIn(bot);
  for (let n = 0; n < 7; n++) {
    clock.wind(23 * hour);
    expect(await status(bot, used)).toBe(200);
  }
  expect(await status(bot, idle)).toBe(401);
  clock.wind(7 * hour);
  expect(await status(bot, used)).toBe(401);
});

test("behind a trusted proxy the audit and the throttle see the client", async () => {
  await using bot = await startBot({ env: { TRUSTED_PROXIES: "127.0.0.1,10.0.0.0/8" } });
  const ask = async (key: string, chain: string) =>
    (await fetch(`${bot.url}/v1/devices`, { headers: { "x-api-key": key, "x-forwarded-for": chain } })).status;
  // The last hop that is no proxy of ours: what it claims before itself is only text.
  for (let n = 0; n < 12; n++) await ask("wrong", `192.0.2.${n}, 198.51.100.7, 10.1.2.3`);
  expect(await ask(adminKey, "198.51.100.7, 10.1.2.3")).toBe(429);
  expect(await ask(adminKey, "192.0.2.1, 10.1.2.3")).toBe(200);
  // A key that cannot be guessed passes everywhere.
  expect(await ask((await newKey(bot)).key, "198.51.100.7")).toBe(200);
  await signIn(bot, adminKey, { "x-forwarded-for": "[2001:db8::1]:4711, 10.1.2.3" });
  const audit = await bot.call("GET", "/v1/admin/audit");
  const { data } = (await audit.json()) as { data: { action: string; address: string; actor: string }[] };
  expect(data.find(({ action }) => action === "session.open")).toMatchObject({
    actor: "API_KEY",
    address: "2001:db8::1",
  });
});

test("nobody is believed who is no trusted proxy", async () => {
  await using bot = await startBot();
  const ask = async (key: string, chain: string) =>
    (await fetch(`${bot.url}/v1/devices`, { headers: { "x-api-key": key, "x-forwarded-for": chain } })).status;
  for (let n = 0; n < 12; n++) await ask("wrong", `192.0.2.${n}`);
  expect(await ask(adminKey, "192.0.2.200")).toBe(429);
});
