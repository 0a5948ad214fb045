import { afterAll, beforeAll, expect, test } from "bun:test";
import { adminKey, startBot, type TestBot } from "../harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
});
afterAll(() => bot[Symbol.asyncDispose]());

const here = () => ({ "sec-fetch-site": "same-origin", origin: bot.url });

async function signIn(): Promise<string> {
  const response = await fetch(`${bot.url}/session`, {
    method: "POST",
    headers: here(),
    body: JSON.stringify({ key: adminKey }),
  });
  expect(response.status).toBe(200);
  const set = response.headers.get("set-cookie") ?? "";
  expect(set).toMatch(/^merpati_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/);
  expect(set).not.toContain(adminKey);
  return set.split(";")[0] ?? "";
}

const status = async (path: string, init: RequestInit) => (await fetch(`${bot.url}${path}`, init)).status;

test("a key opens a session; it works on the API until it is closed", async () => {
  const cookie = await signIn();
  const headers = { ...here(), cookie };
  expect(await status("/v1/devices", { headers })).toBe(200);
  expect(await status("/v1/admin/keys", { headers })).toBe(200);
  const who = await fetch(`${bot.url}/session`, { headers });
  expect(await who.json()).toMatchObject({ success: true, data: { admin: true, tenant: "default" } });
  const out = await fetch(`${bot.url}/session`, { method: "DELETE", headers });
  expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
  expect(await status("/v1/devices", { headers })).toBe(401);
});

test("other pages cannot use a session", async () => {
  const cookie = await signIn();
  const post = (headers: Record<string, string>) =>
    status("/v1/devices/default/start", { method: "POST", headers: { cookie, ...headers } });
  expect(await post(here())).toBe(200);
  expect(await post({ origin: bot.url })).toBe(200);
  // Another port of this machine is the same site and sends the cookie.
  expect(await post({ "sec-fetch-site": "same-site", origin: "http://127.0.0.1:9" })).toBe(401);
  expect(await post({ "sec-fetch-site": "cross-site", origin: "https://evil.example" })).toBe(401);
  expect(await post({ origin: "http://127.0.0.1:9" })).toBe(401);
  expect(await post({ "sec-fetch-site": "none" })).toBe(401);
  expect(await post({})).toBe(401);
  const get = (headers: Record<string, string>) => status("/v1/devices", { headers: { cookie, ...headers } });
  expect(await get({ "sec-fetch-site": "none" })).toBe(200);
  expect(await get({ "sec-fetch-site": "same-site" })).toBe(401);
  expect(await get({ origin: "null" })).toBe(401);
});

test("nobody is signed in with a wrong key, from another page, or by a body that is none", async () => {
  const post = async (body: string, headers: Record<string, string> = here()) => {
    const response = await fetch(`${bot.url}/session`, { method: "POST", headers, body });
    return [response.status, response.headers.get("set-cookie")];
  };
  expect(await post('{"key":"mp_wrong"}')).toEqual([401, null]);
  expect(await post("{")).toEqual([400, null]);
  expect(await post('{"key":7}')).toEqual([400, null]);
  expect(await post(`{"key":"${"x".repeat(5000)}"}`)).toEqual([400, null]);
  expect(await post(JSON.stringify({ key: adminKey }), { origin: "https://evil.example" })).toEqual([403, null]);
  const who = async (headers: Record<string, string>) => (await fetch(`${bot.url}/session`, { headers })).json();
  expect(await who({})).toEqual({ success: true, data: null });
  expect(await who({ cookie: `merpati_${new URL(bot.url).port}=guess` })).toEqual({ success: true, data: null });
});

test("a session ends with its key, and a session and another key are one too many", async () => {
  const made = await (
    await bot.call("POST", "/v1/admin/keys", { name: "page", scopes: ["read", "send", "manage"] })
  ).json();
  const opened = await fetch(`${bot.url}/session`, {
    method: "POST",
    headers: here(),
    body: JSON.stringify({ key: made.data.key }),
  });
  const headers = { ...here(), cookie: opened.headers.get("set-cookie")?.split(";")[0] ?? "" };
  expect(await status("/v1/devices", { headers })).toBe(200);
  expect(await status("/v1/admin/keys", { headers })).toBe(403);
  expect(await status("/v1/devices", { headers: { ...headers, "x-api-key": made.data.key } })).toBe(200);
  expect(await status("/v1/devices", { headers: { ...headers, "x-api-key": adminKey } })).toBe(401);
  await bot.call("DELETE", `/v1/admin/keys/${made.data.id}`);
  expect(await status("/v1/devices", { headers })).toBe(401);
});

test("a link shows one device's QR and opens nothing else", async () => {
  const { data } = await (await bot.call("POST", "/v1/devices/default/pairing/link", {})).json();
  const shown = await (await fetch(data.url)).json();
  expect(shown).toMatchObject({ success: true, data: { phase: "pairing", reason: "scan_needed" } });
  expect(shown.data.qr_code).toStartWith("data:image/png;base64,");
  const page = await fetch(data.url, { headers: { accept: "text/html" } });
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("content-security-policy")).toContain("frame-ancestors *");
  const picture = await fetch(data.url, { headers: { accept: "image/avif,image/webp,*/*;q=0.8" } });
  expect(picture.headers.get("content-type")).toBe("image/png");
  expect((await picture.bytes()).subarray(1, 4)).toEqual(new TextEncoder().encode("PNG"));
  const token = new URL(data.url).searchParams.get("link") ?? "";
  const forged = token.slice(0, -1) + (token.endsWith("0") ? "1" : "0");
  expect(await status(`/connection/qr?link=${forged}`, {})).toBe(401);
  expect(await status(`/connection/qr?link=x`, {})).toBe(401);
  expect(await status(`/connection/status?link=${token}`, {})).toBe(403);
  expect(await status(`/connection/qr?link=${token}`, { method: "POST" })).toBe(403);
});
