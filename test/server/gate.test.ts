import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type TestBot, adminKey, startBot } from "../harness.ts";

const page = "https://dashboard.example";
let bot: TestBot;
beforeAll(async () => {
  bot = await startBot({ env: { CORS_ORIGIN: page } });
});
afterAll(() => bot[Symbol.asyncDispose]());

const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  fetch(`${bot.url}${path}`, { headers, ...init });
const withKey = { "x-api-key": adminKey };

describe("pages of other origins", () => {
  test("a preflight is answered without a key, and names the headers a page may send", async () => {
    const response = await ask("/v1/devices", { origin: page }, { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(page);
    // All that the API reads, and what tracing in a browser adds to each call.
    const names = (response.headers.get("access-control-allow-headers") ?? "").split(", ");
    const read =
      "x-api-key authorization x-tenant content-disposition idempotency-key last-event-id if-none-match range";
    expect(names).toEqual(expect.arrayContaining([...read.split(" "), "traceparent", "tracestate"]));
    expect(response.headers.get("access-control-allow-methods")).toContain("DELETE");
  });

  test("answers carry the permission, refusals too", async () => {
    expect(
      (await ask("/connection/status", { ...withKey, origin: page })).headers.get("access-control-allow-origin"),
    ).toBe(page);
    expect((await ask("/connection/status", { origin: page })).headers.get("access-control-allow-origin")).toBe(page);
  });

  test("who is not named gets none", async () => {
    const response = await ask("/connection/status", { ...withKey, origin: "https://elsewhere.example" });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("vary")).toContain("origin");
  });

  test("who is refused is named in the log once, with the setting that lets it in", async () => {
    const lines: { level: string; origin?: string; msg: string }[] = [];
    const out = { write: (line: string) => lines.push(JSON.parse(line) as (typeof lines)[number]) };
    await using other = await startBot({ out, env: { CORS_ORIGIN: page } });
    const call = (origin: string, method = "GET") =>
      fetch(`${other.url}/connection/qr`, { method, headers: { ...withKey, origin } });
    for (const origin of ["https://elsewhere.example", "https://elsewhere.example", "null", page, other.url])
      await call(origin);
    await call("https://elsewhere.example", "OPTIONS");
    for (let n = 0; n < 200; n++) await call(`https://${n}.example`);
    const refused = lines.filter(({ msg }) => msg.includes("CORS_ORIGIN"));
    expect(refused.slice(0, 3).map(({ level, origin }) => [level, origin])).toEqual([
      ["warn", "https://elsewhere.example"],
      ["warn", "null"],
      ["warn", "https://0.example"],
    ]);
    expect(refused).toHaveLength(100);
  });

  test("a page opened as a file may be let in by name, and is not by default", async () => {
    const allowed = async (at: TestBot) =>
      (await fetch(`${at.url}/connection/status`, { headers: { ...withKey, origin: "null" } })).headers.get(
        "access-control-allow-origin",
      );
    await using other = await startBot({ env: { CORS_ORIGIN: `${page},null` } });
    expect([await allowed(other), await allowed(bot)]).toEqual(["null", null]);
  });
});

describe("guessing keys", () => {
  const guess = (at: TestBot) => fetch(`${at.url}/v1/devices`, { headers: { "x-api-key": crypto.randomUUID() } });

  test("is slowed down: a made key passes all the same, the operator's own is not even compared", async () => {
    await using other = await startBot();
    const made = await other.call("POST", "/v1/admin/keys", { name: "a", tenant: "default", scopes: ["read"] });
    const { key } = ((await made.json()) as { data: { key: string } }).data;
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) statuses.push((await guess(other)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    const refused = await guess(other);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ success: false, code: "rate_limited" });
    expect((await withTheirs(other, key)).status).toBe(200);
    expect((await other.call("GET", "/v1/devices")).status).toBe(429);
  });

  test("leaves one entry in the audit log, with how often", async () => {
    await using other = await startBot();
    for (let n = 0; n < 9; n++) await guess(other);
    const { data } = (await (await other.call("GET", "/v1/admin/audit?limit=100")).json()) as {
      data: { action: string; actor: string; address: string; count: number }[];
    };
    const refused = data.filter(({ action }) => action === "key.refused");
    expect(refused).toMatchObject([{ actor: "unknown", address: "127.0.0.1", count: 9 }]);
  });
});

const withTheirs = (at: TestBot, key: string) => fetch(`${at.url}/v1/devices`, { headers: { "x-api-key": key } });

test("a stream of events ends when the key that opened it is revoked", async () => {
  const made = await bot.call("POST", "/v1/admin/keys", { tenant: "default", name: "soon revoked", scopes: ["read"] });
  const { data } = (await made.json()) as { data: { id: string; key: string } };
  const stream = await ask("/v1/events", { "x-api-key": data.key, accept: "text/event-stream" });
  expect(stream.status).toBe(200);
  await bot.call("DELETE", `/v1/admin/keys/${data.id}`);
  await stream.text().catch((error: unknown) => expect(error).toBeInstanceOf(Error));
});

describe("bodies", () => {
  test("that are too large are refused before they are read", async () => {
    const body = JSON.stringify({ phoneNumber: "6".repeat(2 * 1024 * 1024) });
    const post = (headers: Record<string, string>) =>
      ask("/connection/pairing", { "content-type": "application/json", ...headers }, { method: "POST", body });
    const refused = await post(withKey);
    expect([refused.status, await refused.json()]).toMatchObject([413, { code: "too_large" }]);
    expect((await post({})).status).toBe(403);
  });

  test.each([
    "/connection/pairing",
    "/v1/webhooks",
    "/v1/devices/default/chats/628123456789/typing",
    "/api/devices/default/send",
    "/v1/admin/keys",
  ])("that come in pieces and say no length are counted: %s", async (path) => {
    const megabyte = new Uint8Array(2 ** 20).fill(32);
    let given = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (++given > 12) controller.close();
        else controller.enqueue(megabyte);
      },
    });
    const response = await ask(path, { ...withKey, "content-type": "application/json" }, { method: "POST", body });
    expect([response.status, await response.text()]).toEqual([413, expect.stringContaining("larger than 1 MB")]);
  });

  test.each([
    ["messages", "application/json", false],
    ["messages", "application/json", true],
    ["messages", "multipart/form-data; boundary=x", true],
    ["media", "image/png", false],
    ["media", "image/png", true],
  ])("with a file that is too large get a sentence: %s, %s, in pieces: %p", async (path, type, inPieces) => {
    await using small = await startBot({ env: { MEDIA_MAX_MB: "1" } });
    const megabytes = Array.from({ length: 5 }, () => new Uint8Array(2 ** 20).fill(32));
    const body = inPieces ? new Blob(megabytes).stream() : new Blob(megabytes);
    const headers = { ...withKey, "content-type": type };
    const response = await fetch(`${small.url}/v1/devices/default/${path}`, { method: "POST", headers, body });
    expect([response.status, await response.json()]).toMatchObject([413, { code: "too_large" }]);
  });

  test("that come in pieces and are no larger are read like any other", async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const part of ['{ "phoneNumber": ', '"abc" }']) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    const headers = { ...withKey, "content-type": "application/json" };
    const response = await ask("/connection/pairing", headers, { method: "POST", body });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("phone number")]);
  });

  test.each([
    ["GET", "/connection/status?x=%ff"],
    ["POST", "/v1/devices/%2e%2e%2fdefault/start"],
    ["GET", "/v1/devices/..%2f..%2fetc%2fpasswd/health"],
    ["POST", "/v1/devices/%00/start"],
    ["DELETE", "/api/devices/%F0%9F%92%A9"],
    ["POST", "/api/devices/a%20b/start"],
    ["PATCH", "/connection/status"],
  ])("%s %s shows no stack", async (method, path) => {
    const response = await ask(path, withKey, { method });
    const text = await response.text();
    expect(response.status).toBeLessThan(500);
    expect(text).not.toMatch(/ at |node_modules|\.ts:/);
  });
});

describe("with AUTH=off", () => {
  test("nobody needs a key, but a foreign page and a foreign name are kept out", async () => {
    await using open = await startBot({ env: { AUTH: "off", API_KEY: "" } });
    const from = (headers: Record<string, string>) => fetch(`${open.url}/connection/status`, { headers });
    expect((await from({})).status).toBe(200);
    expect((await from({ origin: new URL(open.url).origin })).status).toBe(200);
    expect((await from({ origin: "https://elsewhere.example" })).status).toBe(403);
    expect((await from({ host: "merpati.elsewhere.example" })).status).toBe(403);
  });
});

test("the audit log knows who tried to connect, and names no phone", async () => {
  await using other = await startBot();
  await other.call("POST", "/connection/pairing", { phoneNumber: other.phone.number });
  await other.call("POST", "/v1/devices/default/stop");
  const text = await (await other.call("GET", "/v1/admin/audit?tenant=default")).text();
  const { data } = JSON.parse(text) as { data: { action: string }[] };
  expect(data.map(({ action }) => action)).toEqual(["device.stop", "device.pairing_code"]);
  expect(text).not.toContain(other.phone.number);
});
