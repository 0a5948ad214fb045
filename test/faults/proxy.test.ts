import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { dns } from "bun";
import { DEFAULT_CONNECTION_CONFIG } from "@whiskeysockets/baileys";
import { jpeg } from "../files.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { TestProxy } from "../net/proxies.ts";
import { saysText } from "./heard.ts";
import { ToldClock } from "./told-clock.ts";

const user = { name: "shop@example", password: "s3cret:/@ö" };
const [, , pinned] = DEFAULT_CONNECTION_CONFIG.version;
const picture = jpeg();

/** What a device asks the internet for, under names that only the proxies of this test know. */
const internet = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  routes: {
    "/sw.js": () => new Response(`"client_revision":${pinned}`),
    "/sunset.jpg": async () => new Response(Buffer.from(await picture)),
    "/page": () => new Response("<title>A page</title>", { headers: { "content-type": "text/html" } }),
  },
});
const internetPort = internet.port ?? 0;
// Bun would connect directly to what stands here, proxy or not.
const before = process.env["NO_PROXY"];
beforeAll(() => void (process.env["NO_PROXY"] = "*"));
afterAll(async () => {
  if (before === undefined) delete process.env["NO_PROXY"];
  else process.env["NO_PROXY"] = before;
  await internet.stop(true);
});

interface Stage extends AsyncDisposable {
  bot: TestBot;
  proxy: TestProxy;
  clock: ToldClock;
  env: Record<string, string>;
  /** Connections that WhatsApp saw. */
  met: () => number;
}

/** A bot that knows WhatsApp by its real name, and a proxy that knows where that is. */
async function stage(kind: "http" | "socks5", env: Record<string, string> = {}): Promise<Stage> {
  const clock = new ToldClock();
  const bot = await startBot({ env, stands: { clock }, unasked: true });
  await bot.stop();
  let met = 0;
  bot.sim.on(({ type }) => void (met += type === "client.connected" ? 1 : 0));
  const hosts = {
    "web.whatsapp.com": Number(new URL(bot.sim.secureUrl).port),
    "mmg.whatsapp.net": Number(bot.sim.media.host.split(":")[1]),
    "look.example.com": internetPort,
  };
  const proxy = await TestProxy.open({ kind, user, hosts });
  Object.assign(env, {
    WHATSAPP_URL: "wss://web.whatsapp.com/ws/chat",
    WHATSAPP_VERSION_URL: env["WHATSAPP_VERSION_URL"] ?? "http://look.example.com/sw.js",
    WEBHOOK_URL: "",
    ...("PROXY" in env ? { PROXY: proxy.url } : {}),
  });
  return {
    bot,
    proxy,
    clock,
    env,
    met: () => met,
    async [Symbol.asyncDispose]() {
      proxy.die();
      await bot[Symbol.asyncDispose]();
    },
  };
}

async function link({ bot }: Stage): Promise<void> {
  await bot.workspace.createDevice("default");
  await bot.link();
}

const shown = async (bot: TestBot) =>
  ((await (await bot.call("GET", "/v1/devices/default")).json()) as { data: Record<string, unknown> }).data;

describe.each(["http", "socks5"] as const)("everything of a device leaves by its %s proxy", (kind) => {
  test("linking, the version, messages, files both ways, files by address and link previews; no name is looked up", async () => {
    await using all = await stage(kind, { PROXY: "" });
    const { bot, proxy } = all;
    const lookedUp = dns.getCacheStats().totalCount;
    await bot.start();
    await link(all);
    expect(proxy.through("look.example.com")).toBe(1);
    const ann = bot.contact();
    const file = Buffer.from(await jpeg());
    const said = await ann.sends({ kind: "image", bytes: file });
    const { data } = await bot.next("message.received", (event) => event.data.id === said.id);
    const { url } = data.content as { url: string };
    const fetched = await fetch(`${bot.url}${url}`, { headers: { "x-api-key": adminKey } });
    expect(Buffer.from(await fetched.bytes())).toEqual(file);
    const to = ann.number;
    const content = { kind: "image", url: "http://look.example.com/sunset.jpg" } as const;
    const { waId } = await bot.device.outbox.send({ to, content });
    const heard = await ann.hears(({ id }) => id === waId);
    expect(ann.opens(heard).length).toBeGreaterThan(0);
    await bot.device.outbox.send({
      to,
      content: { kind: "text", text: "http://look.example.com/page", preview: true },
    });
    const preview = await ann.hears(({ message }) => Boolean(message.extendedTextMessage?.matchedText));
    expect(preview.message.extendedTextMessage?.title).toBe("A page");
    // Before linking and after it; each connection that WhatsApp saw came through.
    expect(proxy.through("web.whatsapp.com")).toBe(2);
    expect(all.met()).toBe(2);
    const media = bot.sim.media.host.split(":")[0] ?? "";
    // Files of history and of the account's state come beside these two.
    expect(proxy.through("mmg.whatsapp.net") + proxy.through(media)).toBeGreaterThanOrEqual(2);
    expect(proxy.through("look.example.com")).toBe(3);
    expect(dns.getCacheStats().totalCount).toBe(lookedUp);
    bot.sim.assertNoProblems();
  });

  test("it dies: the device waits, says so once, tries nothing else, and is back when the proxy is", async () => {
    await using all = await stage(kind, { PROXY: "" });
    const { bot, proxy, clock } = all;
    await bot.start();
    await link(all);
    const connections = all.met();
    proxy.die();
    await clock.until(() => bot.device.status().phase === "waiting", "the loss");
    const isDown = () => bot.device.status().reason === "proxy_unavailable" && bot.device.status().phase === "waiting";
    clock.wind(60_000);
    await clock.until(isDown, "the proxy's fault");
    const { data } = await bot.next("device.disconnected", (event) => event.data.reason === "proxy_unavailable");
    expect(data.will_retry).toBe(true);
    expect(await shown(bot)).toMatchObject({
      status: "connecting",
      phase: "waiting",
      reason: "proxy_unavailable",
      proxy: {
        from: "server",
        address: null,
        trouble: expect.stringMatching(/^The proxy (cannot be reached|closed the connection)/),
      },
      message: expect.stringContaining("Its proxy lets nothing through, and nothing leaves without it"),
    });
    const { since } = bot.device.status();
    clock.wind(60_000);
    await clock.until(() => isDown() && bot.device.status().since !== since, "another attempt");
    expect(all.met()).toBe(connections);
    await proxy.open();
    clock.wind(60_000);
    await bot.connected();
    expect(await shown(bot)).toMatchObject({ proxy: { trouble: null } });
    await bot.contact().says("heard again");
    await bot.next("message.received", saysText("heard again"));
    // The line that broke, where that was seen before the proxy's fault, and the proxy: not each attempt.
    expect(bot.events.filter(({ type }) => type === "device.disconnected").length).toBeLessThanOrEqual(2);
  });

  test("what it does not take, and where it does not lead, is told by its name", async () => {
    await using all = await stage(kind, { PROXY: "", WHATSAPP_VERSION_URL: "off" });
    const { bot, proxy, clock } = all;
    proxy.user = { name: user.name, password: "another" };
    await bot.start();
    await (await bot.workspace.createDevice("default")).start();
    await clock.until(() => bot.device.status().reason === "proxy_refused", "the refusal");
    expect(await shown(bot)).toMatchObject({
      phase: "waiting",
      proxy: { trouble: "The proxy does not take this user name and password" },
    });
    proxy.user = user;
    proxy.answer = kind === "http" ? 503 : 4;
    clock.wind(5 * 60_000);
    await clock.until(() => bot.device.status().reason === "proxy_unavailable", "what it answers");
    const why = kind === "http" ? "it answers 503" : "the host cannot be reached";
    expect(await shown(bot)).toMatchObject({ proxy: { trouble: `The proxy does not connect to it: ${why}` } });
    proxy.answer = null;
    proxy.isSilent = true;
    const { taken } = proxy;
    clock.wind(60_000);
    await proxy.until(() => proxy.taken > taken, "the next attempt");
    clock.wind(15_000);
    await clock.until(() => bot.device.status().phase === "waiting", "the end of patience");
    expect(await shown(bot)).toMatchObject({ proxy: { trouble: "The proxy did not answer within 15 s" } });
    expect(all.met()).toBe(0);
  });
});

describe("whose proxy", () => {
  test("a device's own goes before its tenant's, and each change connects anew", async () => {
    await using all = await stage("http", { OUTBOUND_ALLOW: "127.0.0.1" });
    const { bot, proxy: tenants } = all;
    const hosts = { "web.whatsapp.com": Number(new URL(bot.sim.secureUrl).port), "look.example.com": internetPort };
    using own = await TestProxy.open({ kind: "socks5", user, hosts });
    await bot.start();
    const made = await bot.call("POST", "/v1/devices", { device_id: "default", proxy: own.url });
    expect(await made.json()).toMatchObject({ data: { proxy: { from: "device", trouble: null } } });
    await bot.link();
    expect([own.through("web.whatsapp.com"), tenants.through("web.whatsapp.com")]).toEqual([2, 0]);
    // A default does not concern who has one of his own.
    const tenant = await bot.call("PATCH", "/v1/admin/tenants/default", { proxy: tenants.url });
    expect(await tenant.json()).toMatchObject({ data: { proxy: expect.stringContaining(":***@127.0.0.1:") } });
    expect(bot.device.status().phase).toBe("connected");
    await bot.call("PATCH", "/v1/devices/default", { proxy: null });
    await bot.next("device.disconnected", ({ data }) => data.reason === "proxy_changed");
    await tenants.until(() => tenants.through("web.whatsapp.com") === 1, "the other proxy");
    await bot.connected();
    expect(await shown(bot)).toMatchObject({ proxy: { from: "tenant", address: null } });
    // To the same one again is no change.
    await bot.call("PATCH", "/v1/devices/default", { proxy: tenants.url });
    expect(bot.device.status().phase).toBe("connected");
    expect(await shown(bot)).toMatchObject({ proxy: { from: "device" } });
    await bot.restart();
    await bot.connected();
    expect(tenants.through("web.whatsapp.com")).toBe(2);
    expect(own.through("web.whatsapp.com")).toBe(2);
  });

  test("a password is in no answer, event, log or audit", async () => {
    const lines: string[] = [];
    const bot = await startBot({
      unasked: true,
      out: { write: (line) => lines.push(line) },
      env: { LOG_LEVEL: "debug", OUTBOUND_ALLOW: "loopback" },
    });
    await using _ = bot;
    using proxy = await TestProxy.open({ kind: "http", user: { name: "u", password: "hunter2" } });
    proxy.answer = 503;
    await bot.call("POST", "/v1/devices", { device_id: "default", proxy: proxy.url });
    await bot.call("PATCH", "/v1/admin/tenants/default", { proxy: proxy.url });
    await bot.device.start();
    await bot.until(() => bot.events.some(({ data }) => "reason" in data && data.reason === "proxy_unavailable"), "it");
    const paths = [
      "devices",
      "devices/default",
      "devices/default/health",
      "admin/tenants",
      "admin/audit",
      "admin/logs",
    ];
    const answers = await Promise.all(paths.map(async (path) => (await bot.call("GET", `/v1/${path}`)).text()));
    const refused = await bot.call("PATCH", "/v1/devices/default", { proxy: "http://u:hunter2@nowhere" });
    const seen = [...answers, await refused.text(), JSON.stringify(bot.events), ...lines].join("\n");
    expect(refused.status).toBe(400);
    expect(seen).toContain("u:***@127.0.0.1");
    expect(seen).not.toContain("hunter2");
  });

  test("who may not change a device gives it no proxy, and nobody one at a closed address", async () => {
    await using bot = await startBot({ unasked: true });
    await bot.workspace.createDevice("default");
    const scoped = async (scopes: string[]) => {
      const made = await bot.call("POST", "/v1/admin/keys", { name: "x", scopes });
      return ((await made.json()) as { data: { key: string } }).data.key;
    };
    const patch = (proxy: unknown, key = adminKey) =>
      bot.call("PATCH", "/v1/devices/default", { proxy }, { "x-api-key": key });
    expect((await patch("http://8.8.8.8:1", await scoped(["read", "send"]))).status).toBe(403);
    expect((await patch("http://8.8.8.8:1", await scoped(["manage"]))).status).toBe(200);
    const closed = await patch("socks5://169.254.169.254:80");
    expect([closed.status, await closed.json()]).toMatchObject([
      403,
      { error: expect.stringContaining("OUTBOUND_ALLOW") },
    ]);
    for (const wrong of [
      "https://a:1",
      "http://a",
      "http://a:0",
      "http://a:65536",
      "socks4://a:1",
      "http://:p@a:1",
      "http://u:***@a:1",
      "http://u:%zz@a:1",
      "http://a:1/x",
      `http://${"u".repeat(300)}@a:1`,
      "",
    ])
      expect([wrong, (await patch(wrong)).status]).toEqual([wrong, 400]);
    expect((await bot.call("PATCH", "/v1/devices/default", {})).status).toBe(400);
    expect(await shown(bot)).toMatchObject({ proxy: { from: "device", address: "http://8.8.8.8:1" } });
  });
});
