import { afterAll, beforeAll, expect, test } from "bun:test";
import { startBot, type TestBot } from "../harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  for (const tenant of ["acme", "toko"]) {
    await bot.call("POST", "/v1/admin/tenants", { id: tenant });
    await bot.call("POST", `/v1/admin/tenants/${tenant}/devices`, { device_id: "shop" });
  }
});
afterAll(() => bot[Symbol.asyncDispose]());

async function keyWith(body: object): Promise<string> {
  const made = await bot.call("POST", "/v1/admin/keys", { name: "test", ...body });
  return ((await made.json()) as { data: { key: string } }).data.key;
}

const get = (path: string, headers: Record<string, string>) => fetch(`${bot.url}${path}`, { headers });

test("?tenant= acts in a tenant as x-tenant does, for an admin and for GET alone", async () => {
  const admin = { "x-api-key": await keyWith({ admin: true, scopes: ["read", "manage"] }) };
  const acme = { "x-api-key": await keyWith({ tenant: "acme", scopes: ["read", "manage"] }) };
  const devices = async (path: string, headers: Record<string, string>) => {
    const response = await get(path, headers);
    const { data, error } = (await response.json()) as { data?: { device_id: string }[]; error?: string };
    return [response.status, data?.map(({ device_id }) => device_id) ?? error];
  };
  expect(await devices("/v1/devices?tenant=toko", admin)).toEqual([200, ["shop"]]);
  expect(await devices("/v1/devices?tenant=nobody", admin)).toEqual([404, 'There is no tenant "nobody".']);
  expect(await devices("/v1/devices?tenant=acme", acme)).toEqual([200, ["shop"]]);
  expect(await devices("/v1/devices?tenant=toko", acme)).toEqual([403, "Only an admin key may do this."]);
  expect(await devices("/v1/devices?tenant=toko", { ...admin, "x-tenant": "acme" })).toEqual([
    400,
    '"tenant" and the header x-tenant name different tenants: leave one out.',
  ]);
  const made = await bot.call("POST", "/v1/devices?tenant=toko", { device_id: "other" });
  expect([made.status, (await made.json()).error]).toEqual([
    400,
    expect.stringContaining('"tenant" is not a parameter'),
  ]);
});

test("the lists of every tenant are the admin's alone, and narrow by tenant and state", async () => {
  const tenants = async (path: string) => {
    const response = await bot.call("GET", path);
    return ((await response.json()) as { data: { tenant: string }[] }).data.map(({ tenant }) => tenant).toSorted();
  };
  expect(await tenants("/v1/admin/devices")).toEqual(["acme", "default", "toko"]);
  expect(await tenants("/v1/admin/devices?tenant=acme")).toEqual(["acme"]);
  expect(await tenants("/v1/admin/devices?phase=stopped")).toEqual(["acme", "toko"]);
  for (const tenant of ["acme", "toko"])
    await bot.call("POST", "/v1/webhooks", { url: "https://example.com/hook" }, { "x-tenant": tenant });
  expect(await tenants("/v1/admin/webhooks?tenant=toko&status=active")).toEqual(["toko"]);
  expect(await tenants("/v1/admin/webhooks?status=disabled")).toEqual([]);
  const key = { "x-api-key": await keyWith({ tenant: "acme", scopes: ["read", "send", "manage"] }) };
  for (const path of ["devices", "webhooks", "changes"]) expect((await get(`/v1/admin/${path}`, key)).status).toBe(403);
});

test("changes name what happens in any tenant and never what was said", async () => {
  const leaving = new AbortController();
  const headers = { "x-api-key": await keyWith({ admin: true, scopes: ["read"] }) };
  const response = await fetch(`${bot.url}/v1/admin/changes`, { headers, signal: leaving.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  await reader?.read(); // The first heartbeat: from now on it hears.
  const device = bot.tenant("toko").device("shop");
  await device.start();
  const { qr } = await device.qr();
  await bot.sim.phone("6281100000055", { name: "Toko" }).scan(qr);
  let told = "";
  while (!told.includes("device.connected")) told += (await reader?.read())?.value ?? "";
  const changes = [...told.matchAll(/^data: (.*)$/gm)].map(
    ([, json]) => JSON.parse(json ?? "") as Record<string, unknown>,
  );
  expect(changes).toContainEqual({ tenant: "toko", device: "shop", type: "device.connected" });
  // That a plugin stops is no event, and told all the same.
  await bot.call("POST", "/v1/admin/plugins/ping/disable");
  while (!told.includes('"type":"plugins"')) told += (await reader?.read())?.value ?? "";
  expect(told).toContain('{"tenant":null,"device":null,"type":"plugins"}');
  // A key that only reads never hears of what links a phone.
  expect(changes.map(({ type }) => type)).not.toContain("device.qr");
  leaving.abort();
});

interface Sent {
  message_id: string;
  tenant?: string;
  device_id: string;
  status: string;
  content: { text: string };
}

test("what devices are to send is one list, of a tenant and of all, a page at a time", async () => {
  const read = async (path: string, headers = {}) => {
    const answer = (await (await bot.call("GET", path, undefined, headers)).json()) as {
      data: Sent[];
      cursor: string | null;
    };
    const names = answer.data.map(({ tenant = "-", device_id, content }) => `${tenant} ${device_id} ${content.text}`);
    return { names, cursor: answer.cursor, data: answer.data };
  };
  const later = Math.floor(Date.now() / 1_000) + 3_600;
  const say = (tenant: string, device: string, text: string) =>
    bot.call(
      "POST",
      `/v1/devices/${device}/messages`,
      { to: "628123456789", text, send_at: later },
      { "x-tenant": tenant },
    );
  await bot.tenant("acme").createDevice("other");
  for (const [tenant, device, number] of [
    ["acme", "shop", "6281100000061"],
    ["acme", "other", "6281100000062"],
  ] as const) {
    const { qr } = await bot.tenant(tenant).device(device).qr();
    const open = Promise.withResolvers<void>();
    const stop = bot
      .tenant(tenant)
      .listen(({ type, device: at }) => type === "device.connected" && at === device && open.resolve());
    await bot.sim.phone(number, { name: device }).scan(qr);
    await open.promise;
    stop();
  }
  for (const [tenant, device, text] of [
    ["acme", "shop", "one"],
    ["acme", "other", "two"],
    ["toko", "shop", "three"],
    ["acme", "shop", "four"],
    ["acme", "shop", "five"],
  ] as const)
    expect((await say(tenant, device, text)).status).toBe(202);
  const all = ["acme shop five", "acme shop four", "toko shop three", "acme other two", "acme shop one"];
  expect((await read("/v1/admin/messages")).names).toEqual(all);
  const first = await read("/v1/admin/messages?limit=2&state=waiting&reason=scheduled");
  expect(first.names).toEqual(all.slice(0, 2));
  const second = await read(`/v1/admin/messages?limit=2&state=waiting&cursor=${first.cursor}`);
  expect(second.names).toEqual(all.slice(2, 4));
  const third = await read(`/v1/admin/messages?limit=2&cursor=${second.cursor}`);
  expect([third.names, third.cursor]).toEqual([all.slice(4), null]);
  expect((await read("/v1/admin/messages?tenant=acme&device=other")).names).toEqual(["acme other two"]);
  expect((await read("/v1/admin/messages?state=failed")).names).toEqual([]);
  expect((await read("/v1/admin/messages?state=sent&reason=scheduled")).names).toEqual([]);
  const acme = ["- shop five", "- shop four", "- other two", "- shop one"];
  expect((await read("/v1/messages", { "x-tenant": "acme" })).names).toEqual(acme);
  // A key that is bound to a device sees that device's.
  const bound = { "x-api-key": await keyWith({ tenant: "acme", scopes: ["read"], devices: ["other"] }) };
  expect((await read("/v1/messages", bound)).names).toEqual(["- other two"]);
  expect((await get("/v1/admin/messages", bound)).status).toBe(403);
});
