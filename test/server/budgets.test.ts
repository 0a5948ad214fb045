import { expect, test } from "bun:test";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { SocketClient } from "../socket-client.ts";

interface Answer {
  status: number;
  retryAfter: string | null;
  code?: string;
  budget?: string;
  error?: string;
  data?: unknown;
}

/** A tenant with these limits, and a key of his. */
async function tenant(bot: TestBot, id: string, limits: Record<string, number>): Promise<string> {
  await bot.call("POST", "/v1/admin/tenants", { id, limits });
  const scopes = ["read", "send", "manage"];
  const made = await bot.call("POST", "/v1/admin/keys", { tenant: id, name: id, scopes });
  return ((await made.json()) as { data: { key: string } }).data.key;
}

async function call(bot: TestBot, key: string, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${bot.url}${path}`, {
    method,
    headers: { "x-api-key": key, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said = (await response.json()) as object;
  return { ...said, status: response.status, retryAfter: response.headers.get("retry-after") };
}

const over = (budget: string) => ({ status: 429, code: "over_budget", budget, retryAfter: expect.any(String) });

test("requests a second: whoever is too fast hears so, and nobody else does", async () => {
  await using bot = await startBot();
  const hasty = await tenant(bot, "hasty", { requests_per_second: 5 });
  const calm = await tenant(bot, "calm", {});
  const answers = [];
  for (let n = 0; n < 12; n++) answers.push(await call(bot, hasty, "GET", "/v1/devices"));
  expect(answers.slice(0, 10).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(answers.at(-1)).toMatchObject(over("requests_per_second"));
  expect((await call(bot, calm, "GET", "/v1/devices")).status).toBe(200);
  // The admin gives more: at once.
  await bot.call("PATCH", "/v1/admin/tenants/hasty", { limits: { requests_per_second: 50 } });
  expect((await call(bot, hasty, "GET", "/v1/devices")).status).toBe(200);
});

test("sockets and streams: as many as the tenant may have, and a place is given back", async () => {
  await using bot = await startBot();
  const key = await tenant(bot, "many", { sockets: 2 });
  const one = await SocketClient.open(bot.url, { auth: { key } });
  const gone = new AbortController();
  const stream = () =>
    fetch(`${bot.url}/v1/events`, {
      headers: { "x-api-key": key, accept: "text/event-stream" },
      signal: gone.signal,
    });
  expect((await stream()).status).toBe(200);
  expect((await stream()).status).toBe(429);
  await expect(SocketClient.open(bot.url, { auth: { key } })).rejects.toThrow("sockets");
  one[Symbol.dispose]();
  const used = async () => {
    const { data } = await call(bot, adminKey, "GET", "/v1/admin/tenants/many/usage");
    return (data as { budget: string; used: number }[]).find(({ budget }) => budget === "sockets")?.used;
  };
  while ((await used()) !== 1);
  gone.abort();
  while ((await used()) !== 0);
});

test("the queue: messages and their bytes, and what leaves makes room", async () => {
  await using bot = await startBot();
  await bot.link();
  await bot.call("PATCH", "/v1/admin/tenants/default", { limits: { queued_messages: 2, queued_bytes: 5_000 } });
  const send_at = Math.floor(Date.now() / 1_000) + 86_400;
  const send = (text: string) =>
    call(bot, adminKey, "POST", "/v1/devices/default/messages", { to: "628123456789", text, send_at });
  expect(await send("x".repeat(5_000))).toMatchObject(over("queued_bytes"));
  const first = await send("one");
  expect(first.status).toBe(202);
  expect((await send("two")).status).toBe(202);
  expect(await send("three")).toMatchObject(over("queued_messages"));
  const bulk = { to: ["628123456781", "628123456782"], text: "many", send_at };
  expect(await call(bot, adminKey, "POST", "/v1/devices/default/bulk", bulk)).toMatchObject(over("queued_messages"));
  const { message_id: id } = first.data as { message_id: string };
  await call(bot, adminKey, "POST", `/v1/devices/default/messages/${id}/cancel`);
  expect((await send("three")).status).toBe(202);
});

test("files: a tenant that is full takes no more in", async () => {
  await using bot = await startBot();
  await bot.call("PATCH", "/v1/admin/tenants/default", { limits: { media_bytes: 10 } });
  const upload = (text: string) =>
    fetch(`${bot.url}/v1/devices/default/media`, { method: "POST", headers: { "x-api-key": adminKey }, body: text });
  expect((await upload("ten bytes.")).status).toBe(201);
  expect((await upload("one more")).status).toBe(429);
});

test("bytes in flight: slow bodies of one tenant leave room for the others", async () => {
  await using bot = await startBot();
  const slow = await tenant(bot, "slow", { bytes_in_flight: 1_000 });
  const calm = await tenant(bot, "calm", {});
  const { hostname, port } = new URL(bot.url);
  const socket = await Bun.connect({ hostname, port: Number(port), socket: { data() {} } });
  const head = [`POST /v1/webhooks HTTP/1.1`, `host: ${hostname}`, `x-api-key: ${slow}`, "content-length: 900"];
  socket.write(`${[...head, "content-type: application/json"].join("\r\n")}\r\n\r\n{`);
  const used = async () => {
    const { data } = await call(bot, adminKey, "GET", "/v1/admin/tenants/slow/usage");
    return (data as { budget: string; used: number }[]).find(({ budget }) => budget === "bytes_in_flight")?.used;
  };
  while ((await used()) !== 900);
  const post = (key: string) => call(bot, key, "POST", "/v1/webhooks", { url: `https://a.example/${"x".repeat(200)}` });
  expect(await post(slow)).toMatchObject(over("bytes_in_flight"));
  expect((await post(calm)).status).not.toBe(429);
  socket.end();
  while ((await used()) !== 0);
  expect((await post(slow)).status).not.toBe(429);
});

test("sign-ins of one key in a loop are slowed down", async () => {
  await using bot = await startBot();
  const key = await tenant(bot, "loop", { sign_ins_per_minute: 3 });
  const signIn = async () =>
    (await fetch(`${bot.url}/session`, { method: "POST", body: JSON.stringify({ key }) })).status;
  const statuses = [];
  for (let n = 0; n < 7; n++) statuses.push(await signIn());
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429]);
});

test("a new tenant may have ten devices unless the admin says otherwise", async () => {
  await using bot = await startBot();
  const key = await tenant(bot, "shop", {});
  for (let n = 0; n < 10; n++) expect((await call(bot, key, "POST", `/api/devices/d${n}/start`)).status).toBe(200);
  expect((await call(bot, key, "POST", "/api/devices/d10/start")).status).toBe(409);
});

test("a tenant sees what it uses with a key that reads, and nobody else's", async () => {
  await using bot = await startBot();
  await tenant(bot, "calm", { queued_messages: 7 });
  const made = await bot.call("POST", "/v1/admin/keys", { tenant: "calm", name: "reads", scopes: ["read"] });
  const { data } = (await made.json()) as { data: { key: string } };
  const { status, data: used } = await call(bot, data.key, "GET", "/v1/usage");
  expect([status, used]).toEqual([200, expect.arrayContaining([{ budget: "queued_messages", used: 0, limit: 7 }])]);
  for (const path of ["/v1/admin/tenants/calm/usage", "/v1/admin/tenants/default/usage"])
    expect(await call(bot, data.key, "GET", path)).toMatchObject({ status: 403, code: "forbidden" });
  const sends = await bot.call("POST", "/v1/admin/keys", { tenant: "calm", name: "sends", scopes: ["send"] });
  const { data: other } = (await sends.json()) as { data: { key: string } };
  expect(await call(bot, other.key, "GET", "/v1/usage")).toMatchObject({ status: 403, code: "forbidden" });
});
