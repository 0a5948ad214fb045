import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Log } from "../../src/core/base/log.ts";
import { Meter } from "../../src/core/metrics/meter.ts";
import { TraceContexts } from "../../src/core/metrics/trace-contexts.ts";
import { LogTail } from "../../src/core/base/log-tail.ts";
import { startServer } from "../../src/server/serve.ts";
import { HandClock } from "../clock.ts";
import { type TestBot, adminKey, startBot } from "../harness.ts";
import { SocketClient } from "../socket-client.ts";

const page = "https://dashboard.example";
let bot: TestBot;

beforeAll(async () => {
  bot = await startBot({ env: { CORS_ORIGIN: page } });
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const auth = { key: adminKey };
const open = (options: Record<string, unknown>) => SocketClient.open(bot.url, options);

describe("the stock client comes in", () => {
  test.each([[["polling"]], [["websocket"]], [["polling", "websocket"]]])("by %p", async (transports) => {
    using client = await open({ auth, transports });
    await client.next("connection:status", ({ status }) => status === "connected");
    const text = `by ${transports.join()}`;
    await bot.contact().says(text, { to: bot.phone });
    await client.next("message:received", (payload) => payload["text"] === text);
  });

  test.each([
    ["auth", { auth: { key: adminKey } }],
    ["auth.token", { auth: { token: adminKey } }],
    ["the header", { extraHeaders: { "x-api-key": adminKey } }],
    ["a bearer token", { extraHeaders: { authorization: `Bearer ${adminKey}` } }],
    ["the query", { query: { key: adminKey } }],
  ])("with the key in %s", async (_, options) => {
    using client = await open({ ...options, transports: ["websocket"] });
    expect(client.socket.connected).toBe(true);
  });
});

describe("nobody else does", () => {
  test.each([
    ["without a key", {}, "An API key is needed: send it as x-api-key or as a Bearer token."],
    ["with a wrong one", { auth: { key: "wrong" } }, "Invalid API key."],
    ["with two", { auth: { key: adminKey, token: "another" } }, "The request carries two different keys: send one."],
  ])("%s", async (_, options, sentence) => {
    const refused = open(options);
    await expect(refused).rejects.toThrow(sentence);
    await refused.catch((error: { data?: unknown }) => expect(error.data).toEqual({ code: "unauthorized" }));
  });

  test("a wrong key in the query or a header is refused before there is a socket", async () => {
    const knock = (query: string, headers: Record<string, string> = {}) =>
      fetch(`${bot.url}/socket.io/?EIO=4&transport=polling${query}`, { headers });
    expect((await knock("&key=wrong")).status).toBe(401);
    expect((await knock("", { "x-api-key": "wrong" })).status).toBe(401);
    const upgrade = await fetch(`${bot.url}/socket.io/?EIO=4&transport=websocket&key=wrong`, {
      headers: { connection: "upgrade", upgrade: "websocket", "sec-websocket-key": "x", "sec-websocket-version": "13" },
    });
    expect(upgrade.status).toBe(401);
  });

  test("a page of another origin, key or not", async () => {
    const from = (origin: string) => open({ auth, transports: ["websocket"], extraHeaders: { origin } });
    await expect(from("https://elsewhere.example")).rejects.toThrow();
    for (const origin of [page, new URL(bot.url).origin]) (await from(origin))[Symbol.dispose]();
    const polled = await fetch(`${bot.url}/socket.io/?EIO=4&transport=polling`, {
      headers: { origin: "https://elsewhere.example" },
    });
    expect([polled.status, await polled.json()]).toMatchObject([403, { code: "forbidden" }]);
  });
});

test("a reconnecting client gets what it missed, once, then what is new", async () => {
  const ann = bot.contact();
  let seen = 0;
  {
    using client = await open({ auth });
    await ann.says("seen", { to: bot.phone });
    ({ seq: seen } = await client.next<{ seq: number; text: string }>(
      "message:received",
      ({ text }) => text === "seen",
    ));
  }
  for (const text of ["missed 1", "missed 2"]) {
    await ann.says(text, { to: bot.phone });
    await bot.next("message.received", ({ data }) => "text" in data.content && data.content.text === text);
  }
  using client = await open({ auth: { ...auth, after: { default: seen } } });
  await ann.says("new", { to: bot.phone });
  await client.next("message:received", ({ text }) => text === "new");
  const texts = client.heard.filter(({ name }) => name === "message:received").map(({ payload }) => payload["text"]);
  expect(texts).toEqual(["missed 1", "missed 2", "new"]);
});

test.each([
  ["a string", (seq: number) => String(seq)],
  ["a number", (seq: number) => seq],
])("`after` as %s gives what was missed", async (_, form) => {
  using before = await open({ auth });
  const text = `seen as ${typeof form(1)}`;
  await bot.contact().says(text, { to: bot.phone });
  const { seq } = await before.next<{ seq: number; text: string }>("message:received", (heard) => heard.text === text);
  await bot.contact().says(`${text}, missed`, { to: bot.phone });
  await before.next("message:received", (heard) => heard["text"] === `${text}, missed`);
  using client = await open({ auth: { ...auth, after: { default: form(seq) } } });
  await client.next("message:received", (heard) => heard["text"] === `${text}, missed`);
});

test.each<[string, unknown, string]>([
  ["a negative number", { default: -1 }, '"after.default" takes the last seq'],
  ["a fraction", { default: 1.5 }, '"after.default" takes the last seq'],
  ["a word", { default: "last" }, '"after.default" takes the last seq'],
  ["nothing", { default: null }, '"after.default" takes the last seq'],
  ["a list", [1], '"after" takes an object'],
  ["an unknown device", { nobody: 1 }, '"after" names the device nobody'],
])("`after` as %s is refused with a sentence", async (_, after, sentence) => {
  using client = await open({ auth: { ...auth, after } });
  expect(await client.next("replay:failed")).toMatchObject({
    error: expect.stringContaining(sentence),
    code: "invalid",
  });
});

test("`after` beyond the end of the log is refused with a sentence, and what comes is heard", async () => {
  using client = await open({ auth: { ...auth, after: { default: 999_999_999 } } });
  expect(await client.next("replay:failed")).toMatchObject({ code: "gone", error: expect.stringContaining("ends at") });
  await bot.contact().says("after the end", { to: bot.phone });
  await client.next("message:received", ({ text }) => text === "after the end");
});

test("one client's long replay holds up nobody, and loses nothing", async () => {
  const count = 1_500;
  using watching = await open({ auth });
  await bot.contact().says("before many", { to: bot.phone });
  const { seq } = await watching.next<{ seq: number }>("message:received", (heard) => "seq" in heard);
  await Promise.all(Array.from({ length: count }, (_, at) => bot.contact().says(`many ${at}`, { to: bot.phone })));
  await watching.next("message:received", (heard) => heard["text"] === `many ${count - 1}`);
  using late = await open({ auth: { ...auth, after: { default: seq } } });
  using other = await open({ auth });
  await bot.contact().says("while it replays", { to: bot.phone });
  await other.next("message:received", (heard) => heard["text"] === "while it replays");
  await late.next("message:received", (heard) => heard["text"] === "while it replays");
  const texts = late.heard.filter(({ name }) => name === "message:received").map(({ payload }) => payload["text"]);
  const many = texts.filter((text) => String(text).startsWith("many "));
  expect(many).toEqual(Array.from({ length: count }, (_, at) => `many ${at}`));
  expect(texts.filter((text) => text === "while it replays")).toHaveLength(1);
});

test("after leaving, nothing is heard of a session any more", async () => {
  using staying = await open({ auth });
  using leaving = await open({ auth });
  for (const client of [staying, leaving]) await client.ask("session.create", { key: "leaves" });
  await staying.next("session.qr", ({ key }) => key === "leaves");
  await leaving.ask("session.leave", { key: "leaves" });
  leaving.forget();
  const phone = bot.sim.phone("6283300000003");
  await phone.scan((await bot.workspace.device("leaves").qr()).qr);
  await staying.next("session.ready", ({ key }) => key === "leaves");
  // Asked and answered: everything sent to it before has arrived.
  await leaving.ask("session.leave", { key: "leaves" });
  expect(leaving.names.filter((name) => name.startsWith("session."))).toEqual([]);
  await bot.workspace.device("leaves").remove();
});

test("who came in with a key that is revoked is put out", async () => {
  const made = await bot.call("POST", "/v1/admin/keys", { tenant: "default", name: "soon revoked", scopes: ["read"] });
  const { data } = (await made.json()) as { data: { id: string; key: string } };
  using client = await open({ auth: { key: data.key } });
  await bot.call("DELETE", `/v1/admin/keys/${data.id}`);
  await client.closed();
  await expect(open({ auth: { key: data.key } })).rejects.toThrow("Invalid API key.");
});

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };

test("a session that was never scanned goes when its page has been closed for a minute", async () => {
  const clock = new HandClock();
  const config = { port: 0, host: "127.0.0.1", corsOrigin: [], auth: "on" as const, sessionsDir: bot.folder };
  const server = startServer({
    app: bot.app,
    budgets: bot.budgets,
    audit: async () => {},
    sessions: bot.sessions,
    clock,
    log: quiet,
    logs: new LogTail(),
    meter: new Meter(),
    traces: new TraceContexts(() => ""),
    version: "1",
    pages: async () => ({}),
    config,
  });
  // Each answer is a turn of the server's loop; the test's own timeout ends it.
  const until = async (holds: () => boolean) => {
    while (!holds()) await (await fetch(`${server.url}/health`)).text();
  };
  const there = (id: string) => bot.workspace.devices().some((device) => device.id === id);
  try {
    await bot.workspace.createDevice("made-elsewhere");
    const client = await SocketClient.open(server.url, { auth });
    for (const key of ["lost-its-phone", "scan-page", "made-elsewhere"]) await client.ask("session.create", { key });
    const phone = bot.sim.phone("6283300000009");
    await phone.scan((await bot.workspace.device("lost-its-phone").qr()).qr);
    await client.next("session.ready", ({ key }) => key === "lost-its-phone");
    await phone.unlink();
    await client.next("session.disconnected", ({ key }) => key === "lost-its-phone");
    client.socket.disconnect();
    await until(() => clock.next() !== null);
    clock.wind(59_000);
    expect(there("scan-page")).toBe(true);
    clock.wind(1_000);
    await until(() => !there("scan-page"));
    expect(there("made-elsewhere")).toBe(true);
    // It keeps what it has received, for when it is linked again.
    expect(there("lost-its-phone")).toBe(true);
  } finally {
    await server.stop();
    await bot.workspace.device("lost-its-phone").remove();
    await bot.workspace.device("made-elsewhere").remove();
  }
});
