import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { faces } from "../../src/api/faces/index.ts";
import type { Row } from "../../src/api/table/row.ts";
import type { Scope } from "../../src/core/model/scopes.ts";
import { browserPath, openBrowser } from "../browser.ts";
import { Visitor } from "../dashboard/visitor.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { SocketClient } from "../socket-client.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  await bot.call("PATCH", "/v1/admin/tenants/default", { limits: { requests_per_second: null, sockets: null } });
  await bot.workspace.createDevice("shop");
  await bot.device.qr();
});
afterAll(async () => {
  await closing.disposeAsync();
  await bot[Symbol.asyncDispose]();
});

const closing = new AsyncDisposableStack();

interface Grant {
  scopes: Scope[];
  admin: boolean;
  devices: string[] | null;
}

const ordinary = ["read", "send", "manage"] as const;
const sets = [["read"], ["send"], ["manage"], ["read", "send"], ["read", "manage"], ["send", "manage"], [...ordinary]];
const grants: Grant[] = (sets as Scope[][]).flatMap((scopes) => [
  { scopes, admin: false, devices: null },
  { scopes, admin: false, devices: ["shop", "absent"] },
  { scopes, admin: true, devices: null },
]);

const nameOf = ({ scopes, admin, devices }: Grant) =>
  `${scopes.join("+")}${admin ? " admin" : ""}${devices === null ? "" : ` for ${devices.join(",")}`}`;

type Way = (grant: Grant) => Promise<string>;

/** Every way to make a key. */
const ways: Record<string, Way> = {
  async "the API"({ scopes, admin, devices }) {
    const made = await bot.call("POST", "/v1/admin/keys", {
      name: "made by the API",
      scopes,
      ...(admin ? { admin } : {}),
      ...(devices === null ? {} : { devices }),
    });
    expect(made.status).toBe(201);
    const { data } = (await made.json()) as { data: { key: string } };
    return data.key;
  },
  async "the command line"(grant) {
    cliKeys ??= keysByCommandLine();
    return (await cliKeys)[grants.indexOf(grant)] ?? "";
  },
  ...(browserPath ? { "the dashboard": keyByForm } : {}),
};

/** The dashboard's form. */
async function keyByForm({ scopes, admin, devices }: Grant): Promise<string> {
  const visitor = await (signedIn ??= signIn());
  await visitor.goes("start");
  await visitor.goes("access");
  await visitor.button("Make a key").click();
  await visitor.field("Name").fill("made by the form");
  const words: Partial<Record<Scope, string>> = { send: "send messages", manage: "manage devices and webhooks" };
  for (const scope of scopes) await visitor.field(words[scope] ?? scope).check();
  if (admin) await visitor.field("administer: all tenants, keys and plugins").check();
  if (devices !== null) await visitor.field("Only these devices").fill(devices.join(", "));
  await visitor.page.locator("dialog").getByRole("button", { name: "Make a key" }).click();
  const made = visitor.page.getByText(/^mp_[\w-]{43}$/);
  await made.waitFor();
  const key = (await made.textContent()) ?? "";
  await visitor.button("Close").click();
  return key;
}

let signedIn: Promise<Visitor> | undefined;

async function signIn(): Promise<Visitor> {
  const browser = await openBrowser();
  closing.defer(() => browser[Symbol.asyncDispose]());
  const visitor = await Visitor.arrive(browser, bot.url);
  visitor.page.setDefaultTimeout(5_000);
  await visitor.page.goto(bot.url);
  await visitor.field("API key").fill(adminKey);
  await visitor.button("Sign in").click();
  await visitor.page.locator(".frame").waitFor();
  return visitor;
}

let cliKeys: Promise<string[]> | undefined;

/** A key for each grant, which the running bot knows of. */
async function keysByCommandLine(): Promise<string[]> {
  const lines = grants.map(({ scopes, admin, devices }) => {
    const args = [
      "new",
      `--name=${nameOf({ scopes, admin, devices }).replaceAll(" ", "-")}`,
      `--scopes=${scopes.join(",")}`,
    ];
    if (admin) args.push("--admin");
    if (devices !== null) args.push(`--devices=${devices.join(",")}`);
    return args.join(" ");
  });
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../cli/key-maker.ts")], {
    cwd: bot.folder,
    env: { SESSIONS_DIR: bot.folder },
    stdin: new Blob([lines.join("\n")]),
  });
  const keys = (await new Response(child.stdout).text()).match(/^mp_[\w-]{43}$/gm) ?? [];
  expect(await child.exited).toBe(0);
  // Whenever a key is made the bot looks for those of others, and else every two seconds.
  await api(reader);
  return keys;
}

/** What the gate's table says of a call with this key; null when it lets it in. */
function refusal({ scopes, admin, devices }: Grant, row: Row, device: string | null): number | null {
  if (row.admin && !admin) return 403;
  if (!scopes.includes(row.scope)) return 403;
  return device !== null && devices !== null && !devices.includes(device) ? 404 : null;
}

const rows = Object.entries<Row>(Object.assign({}, ...faces.map(({ table }) => table)));
/** No plugin, tenant, key, file or event has this name. */
const nothing = "00000000-0000-7000-8000-000000000000";

async function tryEverything(key: string, grant: Grant): Promise<string[]> {
  const wrong: string[] = [];
  for (const [route, row] of rows) {
    const [method = "", pattern = ""] = route.split(" ");
    // An earlier call may have removed it.
    await bot.workspace.createDevice("other");
    const path = pattern.replace(/:(?:id|new)\b/, "other").replaceAll(/:\w+/g, nothing);
    // Where it counts, the stray field is refused after the key was judged, so that nothing is done and no stream begins.
    const body = method === "GET" ? undefined : { stray: 1 };
    const answer = await bot.call(method, `${path}?stray=1`, body, { "x-api-key": key });
    await answer.body?.cancel();
    const expected = refusal(grant, row, /:id\b/.test(pattern) ? "other" : null);
    const isIn = answer.status !== 401 && answer.status !== 403;
    if (expected === null ? !isIn : answer.status !== expected)
      wrong.push(`${route}: ${answer.status}, not ${expected ?? "let in"}`);
  }
  return wrong;
}

for (const [way, make] of Object.entries(ways))
  test.each(grants.map((grant) => [nameOf(grant), grant] as const))(
    `a key by ${way} may do what the list says, on every route: %s`,
    async (_name, grant) => {
      const key = await make(grant);
      const { data } = (await (await bot.call("GET", "/v1/admin/keys")).json()) as { data: { prefix: string }[] };
      expect(data.find(({ prefix }) => prefix === key.slice(0, 9))).toMatchObject({ ...grant, tenant: "default" });
      expect(await tryEverything(key, grant)).toEqual([]);
    },
    20_000,
  );

const reader: Grant = { scopes: ["read"], admin: false, devices: null };
const manager: Grant = { scopes: ["read", "manage"], admin: false, devices: null };
const bound: Grant = { scopes: [...ordinary], admin: false, devices: ["shop", "absent"] };
const api = (grant: Grant): Promise<string> => (ways["the API"] as Way)(grant);

/** The same bytes but for the id that was asked for. */
async function answerTo(key: string, method: string, path: string): Promise<string> {
  const answer = await bot.call(method, path, undefined, { "x-api-key": key });
  return `${answer.status} ${await answer.text()}`;
}

test("what is not on a key's list looks as if it did not exist", async () => {
  const key = await api(bound);
  const shown = async (method: string, path: string) => {
    const [foreign, absent] = [
      await answerTo(key, method, path),
      await answerTo(key, method, path.replace("other", "nope")),
    ];
    expect(foreign).toBe(absent);
    return foreign;
  };
  await bot.workspace.createDevice("other");
  expect(await shown("GET", "/v1/devices/other")).toStartWith("404");
  expect(await shown("POST", "/api/devices/other/start")).toStartWith("404");
  expect(await shown("DELETE", "/api/devices/other")).toStartWith("404");
  const list = await answerTo(key, "GET", "/v1/devices");
  expect(list).toContain('"shop"');
  expect(list).not.toContain('"other"');
  expect(Object.keys(JSON.parse((await answerTo(key, "GET", "/api/devices")).slice(4)))).toEqual(["shop"]);
  const hook = await bot.call("POST", "/v1/webhooks", { url: "https://example.com/hook?secret=x", devices: null });
  expect(hook.status).toBe(201);
  const { data } = (await hook.json()) as { data: { id: string } };
  expect(await answerTo(key, "GET", `/v1/webhooks/${data.id}`)).toBe(
    await answerTo(key, "GET", `/v1/webhooks/${nothing}`),
  );
  expect(await answerTo(key, "GET", "/v1/webhooks")).not.toContain("example.com");
  const theirs = (devices?: string[]) =>
    bot.call(
      "POST",
      "/v1/webhooks",
      { url: "https://example.com/theirs", ...(devices && { devices }) },
      { "x-api-key": key },
    );
  expect(await (await theirs()).json()).toMatchObject({ data: { devices: ["shop", "absent"] } });
  expect((await theirs(["other"])).status).toBe(400);
  // Reading shows an address without its query, where people put secrets.
  expect(await answerTo(await api(reader), "GET", "/v1/webhooks")).toContain('"https://example.com/hook"');
});

test("a socket of a bound key hears its devices alone, whoever came first", async () => {
  using first = await SocketClient.open(bot.url, { auth: { key: await api(bound) } });
  using second = await SocketClient.open(bot.url, { auth: { key: await api(manager) } });
  await bot.workspace.createDevice("default");
  await second.next("connection:status");
  await bot.call("POST", "/connection/disconnect");
  await bot.device.qr();
  await second.next("qr:generated");
  const refused = await first.ask("session.create", { key: "other" });
  expect(refused).toMatchObject({ success: false, code: "not_found" });
  expect(await first.ask("session.create", { key: "shop" })).toMatchObject({ success: true });
  await first.next("session.qr", ({ key }) => key === "shop");
  // What clears a terminal is no name.
  const clears = await second.ask("session.create", { key: "named", name: "\u001b[2J" });
  expect(clears).toMatchObject({ success: false, code: "invalid" });
  expect(first.names.filter((name) => name === "qr:generated")).toEqual([]);
});

/** A stream of events, as far as it came. */
async function follow(key: string, signal: AbortSignal) {
  const headers = { "x-api-key": key, accept: "text/event-stream" };
  const { body } = await fetch(`${bot.url}/v1/events`, { headers, signal });
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  return {
    text: () => text,
    async until(holds: (text: string) => boolean) {
      while (!holds(text)) text += decoder.decode((await reader.read()).value, { stream: true });
    },
  };
}

test("who may only read is shown nothing that links a phone", async () => {
  const key = await api(reader);
  using reading = await SocketClient.open(bot.url, { auth: { key } });
  using managing = await SocketClient.open(bot.url, { auth: { key: await api(manager) } });
  const streaming = new AbortController();
  const streamed = await Promise.all([key, await api(manager)].map((each) => follow(each, streaming.signal)));
  await bot.call("POST", "/connection/disconnect");
  const { qr } = await bot.device.qr();
  const { code } = await bot.device.pairingCode(bot.phone.number);
  await managing.next("qr:generated");
  const shown: string[] = [];
  for (const [route] of rows) {
    const [method = "", pattern = ""] = route.split(" ");
    if (method !== "GET" || /\/(events|trace|logs)$/.test(pattern)) continue;
    const path = pattern.replace(/:id\b/, "default").replaceAll(/:\w+/g, nothing);
    const answer = await bot.call(method, path, undefined, { "x-api-key": key, accept: "application/json" });
    const text = await answer.text();
    if ([qr, code, "2@", "data:image"].some((secret) => text.includes(secret))) shown.push(route);
  }
  const [theirs, managers] = streamed;
  await managers?.until((text) => text.includes(qr) && text.includes(code));
  // What comes after both is heard by both.
  await bot.phone.scan((await bot.workspace.device("shop").qr()).qr);
  await theirs?.until((text) => text.includes("device.connected"));
  streaming.abort();
  expect(theirs?.text()).not.toMatch(/device\.(qr|pairing_code)/);
  expect(shown).toEqual([]);
  expect(reading.names.filter((name) => name.includes("qr"))).toEqual([]);
});

test("one idempotency key of two API keys is two messages", async () => {
  const keys = await Promise.all([api({ ...manager, scopes: ["send"] }), api({ ...manager, scopes: ["send"] })]);
  const send = async (key: string) => {
    const headers = { "x-api-key": key, "idempotency-key": "order-1" };
    const sent = await bot.call("POST", "/v1/devices/shop/messages", { to: bot.contact().number, text: "hi" }, headers);
    expect(sent.status).toBe(202);
    return ((await sent.json()) as { data: { message_id: string } }).data.message_id;
  };
  const [first, again, other] = [await send(keys[0] ?? ""), await send(keys[0] ?? ""), await send(keys[1] ?? "")];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});
