import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestBot, adminKey, startBot } from "../harness.ts";
import { SocketClient } from "../socket-client.ts";

/**
 * Two tenants with devices of the same names. Whatever the second asks, of every route there is, must look as if the
 * first did not exist: an answer about the first's things is, byte for byte, the answer about things that are nobody's.
 */
interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  const?: unknown;
  enum?: unknown[];
}
interface Operation {
  tags: string[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

const ids = { first: "tenant-one", second: "tenant-two" };
const phones = { first: "6281100000001", second: "6282200000002" };
const secretText = "the first tenant's own words";
/** The one that is linked, of the same name in both: the gateway face hears it without asking. */
const linked = "default";

let bot: TestBot;
const keys = { first: "", second: "" };
let messageId = "";
/** Everything that would give the first away. */
const traces: string[] = [phones.first, secretText];

async function asAdmin(path: string, body: unknown): Promise<{ data: Record<string, string> }> {
  const response = await bot.call("POST", path, body);
  expect(response.status).toBe(201);
  return (await response.json()) as { data: Record<string, string> };
}

const call = (key: string, method: string, path: string, body?: unknown) =>
  fetch(`${bot.url}${path}`, {
    method,
    headers: { "x-api-key": key, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function link(tenant: "first" | "second"): Promise<void> {
  const workspace = bot.tenant(ids[tenant]);
  const device = workspace.device(linked);
  const { qr } = await device.qr();
  await bot.sim.phone(phones[tenant]).scan(qr);
  await new Promise<void>((resolve) => {
    const stop = workspace.listen(() => {
      if (device.status().phase !== "connected") return;
      stop();
      resolve();
    });
    if (device.status().phase === "connected") resolve();
  });
}

beforeAll(async () => {
  bot = await startBot();
  bot.sim.phone(phones.second);
  for (const tenant of ["first", "second"] as const) {
    // Here hundreds of calls come in a second.
    await asAdmin("/v1/admin/tenants", { id: ids[tenant], limits: { requests_per_second: null } });
    keys[tenant] =
      (await asAdmin("/v1/admin/keys", { tenant: ids[tenant], name: "all", scopes: ["read", "send", "manage"] })).data[
        "key"
      ] ?? "";
    for (const id of [linked, "shop"]) await asAdmin(`/v1/admin/tenants/${ids[tenant]}/devices`, { device_id: id });
  }
  await asAdmin("/v1/admin/tenants/tenant-one/devices", { device_id: "only-first", label: secretText });
  traces.push("only-first");
  await link("first");
  const ann = bot.contact();
  await ann.says(secretText, { to: bot.sim.phone(phones.first) });
  const sent = await call(keys.first, "POST", `/v1/devices/${linked}/messages`, { to: ann.number, text: secretText });
  messageId = ((await sent.json()) as { data: { message_id: string } }).data.message_id;
  await ann.hears(secretText);
  traces.push(messageId);
});
afterAll(() => bot[Symbol.asyncDispose]());

/** A body that the route accepts. */
function bodyFor(schema: Schema, name = ""): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return bodyFor(schema.anyOf[0] ?? {}, name);
  if (schema.properties)
    return Object.fromEntries(
      Object.entries(schema.properties)
        .filter(([each]) => schema.required?.includes(each) || each === "text")
        .map(([each, part]) => [each, bodyFor(part, each)]),
    );
  if (schema.type === "integer" || schema.type === "number") return 1;
  if (schema.type === "boolean") return true;
  if (schema.type === "array") return [];
  if (/phone/i.test(name)) return phones.second;
  if (name === "to") return "628123456789";
  if (name === "url") return "https://example.com/hook";
  return "text";
}

/** Values of path parameters: the first's, and as many that are nobody's. */
const theirs: Record<string, string> = { id: "only-first", device: "only-first", tenant: "tenant-one" };
const nobodys: Record<string, string> = { id: "no-such-id", device: "no-such-id", tenant: "tenant-nil" };
const fill = (template: string, values: Record<string, string>) =>
  template.replace(
    /\{(\w+)\}/g,
    (_, name: string) => values[name] ?? (values === theirs ? messageId : "0194f6b0-7c1e-7d3a-9d7e-2f0c6a1b4e55"),
  );

async function answer(method: string, path: string, values: Record<string, string>, body: unknown): Promise<string> {
  const response = await call(keys.second, method, fill(path, values), body);
  const text = await response.text();
  const named = Object.entries(values).reduce((said, [, value]) => said.replaceAll(value, "…"), text);
  const times = named
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replace(messageId, "…")
    .replace("0194f6b0-7c1e-7d3a-9d7e-2f0c6a1b4e55", "…");
  const headers = [...response.headers].filter(([name]) => !["date", "x-request-id"].includes(name));
  return JSON.stringify([response.status, headers, times]);
}

/** First what only looks, then what changes, then what makes devices of the second's own, at last what removes. */
function rank({ method, path }: { method: string; path: string }): number {
  if (method === "DELETE") return 3;
  if (method === "GET") return 0;
  return path.startsWith("/api/") ? 2 : 1;
}

test("no route tells one tenant of the other", async () => {
  const spec = (await (await fetch(`${bot.url}/docs/json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const routes = Object.entries(spec.paths)
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    )
    .filter(({ operation }) => !operation.tags.includes("site"));
  expect(routes.length).toBeGreaterThan(30);
  for (const { method, path, operation } of routes.sort((a, b) => rank(a) - rank(b))) {
    const schema = operation.requestBody?.content["application/json"]?.schema;
    const body = schema ? bodyFor(schema) : undefined;
    const ofTheirs = await answer(method, path, theirs, body);
    for (const trace of traces) expect(ofTheirs, `${method} ${path}`).not.toContain(trace);
    if (path.includes("{")) expect(ofTheirs, `${method} ${path}`).toBe(await answer(method, path, nobodys, body));
  }
}, 60_000);

test("the first still has what it had", async () => {
  const device = bot.tenant(ids.first).device(linked);
  expect(device.status().phase).toBe("connected");
  expect((await device.outbox.message(messageId)).state).toBe("sent");
  expect(
    bot
      .tenant(ids.first)
      .devices()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(["default", "only-first", "shop"]);
});

test("no event of one tenant is heard by the other, in any face", async () => {
  const listen = async (key: string) => {
    const client = await SocketClient.open(bot.url, { auth: { key, after: { [linked]: 0 } } });
    expect(await client.ask("session.create", { key: linked })).toMatchObject({ success: true });
    return client;
  };
  using first = await listen(keys.first);
  using second = await listen(keys.second);
  await first.next("session.ready", ({ key }) => key === linked);
  // A device of that name would be the second's own; the first's is not to be had.
  expect(await second.ask("session.create", { key: "only-first" })).toMatchObject({ success: true });
  await bot.contact().says(secretText, { to: bot.sim.phone(phones.first) });
  await first.next("message:received", ({ text }) => text === secretText);
  await bot.sim.phone(phones.first).unlink();
  await first.next("session.disconnected", ({ key }) => key === linked);
  await link("second");
  await second.next("session.ready", ({ key }) => key === linked);
  const heard = JSON.stringify(second.heard);
  expect(second.names).toContain("session.qr");
  for (const trace of [phones.first, secretText, messageId]) expect(heard).not.toContain(trace);
  expect(JSON.stringify(first.heard)).not.toContain(phones.second);
});

test("a tenant's events go to no webhook of the operator's own", () => {
  const told = JSON.stringify(bot.receiver.events);
  for (const trace of traces) expect(told).not.toContain(trace);
});

test("the home tenant's device is nobody else's", async () => {
  const response = await call(adminKey, "GET", "/v1/devices");
  const text = await response.text();
  for (const trace of traces) expect(text).not.toContain(trace);
});
