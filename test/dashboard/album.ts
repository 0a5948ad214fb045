/**
 * Photographs every page, for people to look at: `bun test/dashboard/album.ts FOLDER` takes each at 1440 and 390 pixels, light
 * and dark, in both languages; `bun test/dashboard/album.ts docs` those that stand in docs/dashboard.md.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { openBrowser } from "../browser.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { Receiver } from "../receiver.ts";

const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
type Size = keyof typeof sizes;
type Scheme = "light" | "dark";
type Language = "en" | "id";

/** A tenant's devices, of which the first few have a phone. */
const tenants = { default: 3, acme: 2, toko: 2 } as const;
const names = ["Jakarta", "Bandung", "Surabaya", "Medan", "Makassar", "Denpasar", "Yogyakarta"];

const bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback", DEVICE_LIMIT: "50" } });
const [dead, slow] = [new Receiver(), new Receiver()];
const phones = await furnish(bot);
const browser = await openBrowser();
const page = await browser.newPage();
page.setDefaultTimeout(15_000);
await page.emulateMedia({ reducedMotion: "reduce" });
await page.route("**/v1/admin/figures**", (route) =>
  route.fulfill({ json: { success: true, data: invented(route.request().url()) } }),
);

/** What each picture shows: an address, and what is done there before. */
const { data: hooks } = await (await bot.call("GET", "/v1/webhooks")).json();
const stops: Record<string, { at: string; open?: (page: Page) => Promise<unknown> }> = {
  overview: { at: "overview" },
  devices: { at: "devices" },
  device: { at: "devices/default" },
  linking: { at: "@acme/devices/shop-2", open: (page) => page.locator(".qr img").waitFor() },
  chats: {
    at: `chats/default/${phones.ann}@s.whatsapp.net`,
    open: (page) => page.locator(".bubble").first().waitFor(),
  },
  outbox: { at: "outbox/*" },
  outbox_device: { at: "outbox/default" },
  events: { at: "events", open: (page) => page.locator(".rows li").first().waitFor() },
  webhooks: { at: "webhooks" },
  webhook: { at: `webhooks/${hooks[0].id}` },
  webhook_settings: { at: `webhooks/${hooks[1].id}`, open: (page) => press(page, /^(Settings|Pengaturan)$/) },
  plugins: { at: "plugins" },
  plugin: { at: "plugins/help" },
  access: { at: "access" },
  new_key: { at: "access", open: (page) => press(page, /^(Make a key|Buat kunci)$/) },
  rotate_key: { at: "access", open: (page) => press(page, /^(Rotate|Ganti): /) },
  audit: { at: "audit" },
  health: { at: "health" },
  settings: { at: "settings" },
  logs: { at: "logs", open: (page) => page.locator(".rows li").first().waitFor() },
  start: { at: "@toko/start" },
  error: { at: "@nobody/devices" },
  palette: { at: "overview", open: (page) => find(page, "an") },
};

/** What stands in docs/dashboard.md: each once, so that light, dark, wide and narrow are all there. */
const shown: readonly (readonly [name: string, size: Size, scheme: Scheme, language: Language])[] = [
  ["overview", "wide", "light", "en"],
  ["overview", "phone", "dark", "id"],
  ["linking", "wide", "light", "en"],
  ["chats", "wide", "dark", "en"],
  ["outbox", "wide", "light", "en"],
  ["webhook", "wide", "light", "en"],
  ["audit", "wide", "light", "id"],
  ["access", "phone", "light", "en"],
  ["health", "wide", "dark", "id"],
  ["palette", "wide", "light", "en"],
];

const [folder = "artefacts/album", ...only] = process.argv.slice(2);
const isDocs = folder === "docs";
const out = isDocs ? join(import.meta.dir, "../../docs/pictures") : folder;
mkdirSync(out, { recursive: true });
await page.goto(bot.url);
await page.getByRole("textbox", { name: /^(API key|Kunci API)$/ }).fill(adminKey);
await page.keyboard.press("Enter");
await page.locator(".frame").waitFor();
for (const language of ["en", "id"] as const)
  for (const [name, { at, open }] of Object.entries(stops))
    for (const size of ["wide", "phone"] as const) {
      const wanted = (["light", "dark"] as const).filter(
        (scheme) =>
          (only.length === 0 || only.includes(name)) &&
          (!isDocs || shown.some((each) => each.join() === [name, size, scheme, language].join())),
      );
      if (wanted.length === 0) continue;
      await page.setViewportSize(sizes[size]);
      // A dialog that is open stays where only the address behind # is another.
      await page.goto("about:blank");
      await page.goto(`${bot.url}/?language=${language}#/${at}`);
      await page.locator("main h1, main .notice").first().waitFor();
      await page.waitForLoadState("networkidle").catch(() => {});
      await page.locator("main .loading").waitFor({ state: "detached" });
      await open?.(page);
      for (const scheme of wanted) {
        await page.emulateMedia({ colorScheme: scheme });
        await photograph(page, join(out, `${name}-${size}-${scheme}-${language}.${isDocs ? "webp" : "png"}`));
      }
    }
await browser[Symbol.asyncDispose]();
await bot[Symbol.asyncDispose]();
await Promise.all([dead.stop(), slow.stop()]);

async function photograph(page: Page, file: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const format = isDocs ? ({ format: "webp", quality: 72 } as const) : ({ format: "png" } as const);
  const { data } = await session.send("Page.captureScreenshot", { ...format, captureBeyondViewport: false });
  await Bun.write(file, Buffer.from(data, "base64"));
  await session.detach();
}

async function press(page: Page, name: RegExp): Promise<void> {
  await page.getByRole("button", { name }).first().click();
  await page.locator("dialog[open]").waitFor();
}

async function find(page: Page, words: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.locator("dialog[open] input").fill(words);
  await page.locator("dialog[open] li", { hasText: "Ann" }).first().waitFor();
}

/** Three tenants, twenty-one devices, a phone removed and a webhook dead; people who wrote, and messages in each state. */
async function furnish(bot: TestBot): Promise<{ ann: string }> {
  for (const [tenant, linked] of Object.entries(tenants)) {
    if (tenant !== "default")
      await bot.call("POST", "/v1/admin/tenants", {
        id: tenant,
        name: { acme: "Acme Retail", toko: "Toko Budi" }[tenant],
      });
    for (const [at, name] of names.entries()) {
      const id = tenant === "default" && at === 0 ? "default" : `shop-${at + 1}`;
      if (id !== "default")
        await bot.call("POST", "/v1/devices", { device_id: id, label: name }, { "x-tenant": tenant });
      if (at < linked) await link(bot, tenant, id, `62811${String(tenant.length)}${String(at).padStart(7, "0")}`);
    }
  }
  const phone = bot.sim.phone("6281170000000");
  const [ann, citra, dewi] = [
    bot.contact("628123456789", "Ann"),
    bot.contact("628999000111", "Citra"),
    bot.contact("628555000222", "Dewi"),
  ];
  await citra.says("Is the shop open on Sunday?", { to: phone });
  await dewi.says("Thank you!", { to: phone });
  await ann.says("Good morning, do you have the *blue* one in stock?", { to: phone });
  const say = (to: string, text: string, more = {}, tenant = "default", device = "default") =>
    bot.call("POST", `/v1/devices/${device}/messages`, { to, text, ...more }, { "x-tenant": tenant });
  await say(ann.number, "Good morning, Ann! Yes, _three_ of them.");
  await ann.hears("Good morning, Ann! Yes, _three_ of them.");
  await ann.says("Then please keep one for me", { to: phone });
  bot.sim.faults.refuseMessages("405");
  await say(dewi.number, "Your parcel has left.");
  await bot.next("message.failed");
  const later = Math.floor(Date.now() / 1_000) + 7_200;
  await say(citra.number, "We open at nine.", { send_at: later });
  await say("628777000333", "Your invoice of November", { send_at: later + 3_600 }, "acme", "shop-1");
  await say("628777000444", "Halo, pesanan Anda siap diambil.", {}, "toko", "shop-1");
  dead.answer = () => new Response("gone", { status: 410 });
  slow.answer = () => new Response("busy", { status: 503 });
  await bot.call("POST", "/v1/webhooks", {
    url: slow.url,
    description: "orders",
    burst: { pause_ms: 3_000 },
    inline_kb: 256,
  });
  await bot.call("POST", "/v1/webhooks", { url: dead.url }, { "x-tenant": "toko" });
  await bot.call("POST", "/v1/admin/keys", { name: "web shop", scopes: ["read", "send"], tenant: "acme" });
  await bot.call("POST", "/v1/admin/keys", {
    name: "till",
    scopes: ["read", "send", "manage"],
    tenant: "toko",
    devices: ["shop-1"],
  });
  const ops = await bot.call("POST", "/v1/admin/keys", {
    name: "operations",
    scopes: ["read", "send", "manage"],
    admin: true,
  });
  const { data } = (await ops.json()) as { data: { key: string } };
  const as = { "x-api-key": data.key };
  await bot.call("PATCH", "/v1/devices/default", { label: "Jakarta" }, as);
  await bot.call("POST", "/v1/devices/shop-5/stop", undefined, as);
  await bot.call("POST", "/v1/devices/shop-99/stop", undefined, as);
  await fetch(`${bot.url}/v1/devices`, { headers: { "x-api-key": "mp_guessed" } });
  await say(ann.number, "It is on the shelf with your name.");
  await ann.hears("It is on the shelf with your name.");
  await bot.sim.phone("6281140000001").unlink();
  await bot.tenant("toko").device("shop-2").stop();
  await bot.tenant("toko").device("shop-2").start();
  while (!(await (await bot.call("GET", "/v1/admin/webhooks?status=disabled")).json()).data.length);
  return { ann: ann.number };
}

async function link(bot: TestBot, tenant: string, id: string, number: string): Promise<void> {
  const device = bot.tenant(tenant).device(id);
  const { qr } = await device.qr();
  const open = Promise.withResolvers<void>();
  const stop = bot
    .tenant(tenant)
    .listen((event) => event.type === "device.connected" && event.device === id && open.resolve());
  await bot.sim.phone(number, { name: id }).scan(qr);
  await open.promise;
  stop();
}

/** A day of a busy shop, for the charts: the server would need that day. */
function invented(url: string): object[] {
  const step = url.includes("hour") ? 3_600 : 60;
  const now = Math.floor(Date.now() / 1_000 / step) * step;
  return Array.from({ length: step === 60 ? 1_440 : 744 }, (_, index) => {
    const at = now - (step === 60 ? 1_440 - index : 744 - index) * step;
    const wave = Math.max(0.05, Math.sin(((at % 86_400) / 86_400) * 2 * Math.PI - 1.2) + 0.7) * (step / 60);
    const noise = 0.6 + ((index * 7_919) % 100) / 125;
    const received = Math.round(18 * wave * noise);
    return {
      at,
      messages_received: received,
      messages_sent: Math.round(received * 0.8),
      messages_failed: index % 97 === 0 ? 2 : 0,
      webhook_deliveries: received,
      webhook_failures: index % 61 === 0 ? 3 : 0,
      webhook_ms: received * (40 + ((index * 31) % 50)),
      http_requests: received * 3,
      http_errors: 0,
      devices: 21,
      devices_connected: 6,
      messages_waiting: index % 240 < 20 ? 3 : 1,
      deliveries_pending: index % 300 < 25 ? 9 : 1,
      oldest_delivery_ms: 0,
      loop_lag_ms: 2 + ((index * 13) % 9),
      memory_bytes: 2.4e8 + ((index * 17) % 40) * 1e6,
      database_bytes: 4e7 + index * 2e4,
      disk_free_bytes: 6.2e10 - index * 1e6,
    };
  });
}
