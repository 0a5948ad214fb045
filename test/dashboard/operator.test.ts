import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import type { Phone } from "../../src/simulator/index.ts";
import { browserPath, openBrowser } from "../browser.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { Receiver } from "../receiver.ts";
import moved from "../moving/fixtures/baileys-6.7.24.json" with { type: "json" };
import { Visitor } from "./visitor.ts";

let bot: TestBot;
let browser: BrowserContext & AsyncDisposable;
let lost: Phone;
const dead = new Receiver();

/** Three tenants with seven devices each; two are linked, and one webhook of another's takes nothing. */
beforeAll(async () => {
  if (!browserPath) return;
  bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.link();
  for (const tenant of ["acme", "toko"]) await bot.call("POST", "/v1/admin/tenants", { id: tenant });
  for (const tenant of ["default", "acme", "toko"])
    for (let at = tenant === "default" ? 2 : 1; at <= 7; at++)
      await bot.call("POST", `/v1/admin/tenants/${tenant}/devices`, { device_id: `shop-${at}` });
  lost = await linked("acme", "shop-3", "6281100000077");
  dead.answer = () => new Response("gone", { status: 410 });
  const made = await bot.call("POST", "/v1/webhooks", { url: dead.url }, { "x-tenant": "toko" });
  expect(made.status).toBe(201);
  await linked("toko", "shop-1", "6281100000078");
  browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  if (!browserPath) return;
  await browser[Symbol.asyncDispose]();
  await bot[Symbol.asyncDispose]();
  await dead.stop();
});

async function linked(tenant: string, id: string, number: string): Promise<Phone> {
  const device = bot.tenant(tenant).device(id);
  const phone = bot.sim.phone(number, { name: id });
  await device.start();
  const { qr } = await device.qr();
  const open = Promise.withResolvers<void>();
  const stop = bot.tenant(tenant).listen(({ type, device: at }) => {
    if (type === "device.connected" && at === id) open.resolve();
  });
  await phone.scan(qr);
  await open.promise;
  stop();
  return phone;
}

const look = test.skipIf(!browserPath);

look(
  "from the overview one finds and mends a removed phone and a dead webhook of other tenants",
  async () => {
    await using visitor = await Visitor.arrive(browser, bot.url);
    const { page } = visitor;
    await page.goto(bot.url);
    await visitor.field("API key").fill(adminKey);
    await visitor.button("Sign in").click();
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
    // The webhook took nothing when its tenant's device was linked; the phone is removed while somebody looks.
    await page.getByRole("link", { name: `Open: ${dead.url}` }).waitFor();
    await lost.unlink();
    await page.getByRole("link", { name: "Link a phone: shop-3" }).waitFor();
    expect(await page.locator("nav .count").textContent()).toBe("2");
    expect(await page.locator("section[aria-labelledby=fleet] tbody tr").count()).toBe(21);
    await visitor.judges("overview");
    await page.getByRole("link", { name: "Link a phone: shop-3" }).click();
    await page.getByRole("heading", { name: "shop-3", level: 1 }).waitFor();
    expect(await page.locator(".tenant-choice select").inputValue()).toBe("acme");
    await page.getByAltText("QR code to scan with WhatsApp").waitFor();
    const { qr } = await bot.tenant("acme").device("shop-3").qr();
    await lost.scan(qr);
    await page.getByRole("button", { name: "Log out", exact: true }).waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    dead.answer = () => new Response();
    await page.getByRole("button", { name: `Resume: ${dead.url}` }).click();
    await visitor.reads("Nothing. All devices and webhooks work.");
    expect(visitor.complaints).toEqual([]);
  },
  60_000,
);

look(
  "what a tenant has is shown in that tenant and nowhere else",
  async () => {
    await using visitor = await Visitor.arrive(browser, bot.url);
    await visitor.goes("@toko/devices");
    expect(await visitor.page.getByRole("heading", { level: 2 }).count()).toBe(7);
    await visitor.page.locator(".tenant-choice select").selectOption("acme");
    await visitor.page.waitForURL(/#\/@acme\/devices$/);
    await visitor.reads("+6281100000077");
    expect(await visitor.page.getByText("+6281100000078").count()).toBe(0);
    await visitor.page.goto(`${bot.url}/#/@nobody/devices`);
    await visitor.reads('There is no tenant "nobody".');
  },
  30_000,
);

look(
  "a message is answered, reacted to and forwarded, and its marks are shown",
  async () => {
    await using visitor = await Visitor.arrive(browser, bot.url);
    const { page } = visitor;
    const [ann, citra] = [bot.contact(), bot.contact("628999000111", "Citra")];
    await citra.says("hello", { to: bot.phone });
    await ann.says("are you *there*?", { to: bot.phone });
    await visitor.goes("chats");
    await page.getByRole("link", { name: /Ann/ }).click();
    await page.locator(".bubble strong", { hasText: "there" }).waitFor();
    await page.locator(".bubble", { hasText: "are you" }).hover();
    await visitor.judges("chat-acts", "light");
    await page.getByRole("button", { name: /^Reply: are you/ }).click();
    await page.getByRole("textbox", { name: "Message" }).fill("_yes_");
    await page.keyboard.press("Enter");
    const answer = await ann.hears("_yes_");
    expect(answer.message.extendedTextMessage?.contextInfo?.stanzaId).toBeString();
    await page.locator(".quoted").waitFor({ state: "detached" });
    await page.getByRole("button", { name: /^React: are you/ }).click();
    await page.getByRole("button", { name: "👍", exact: true }).click();
    await ann.hears(({ message }) => message.reactionMessage?.text === "👍");
    await page.getByRole("button", { name: /^Forward: are you/ }).click();
    await page.locator("dialog[open]").getByRole("button", { name: "Citra" }).click();
    await citra.hears("are you *there*?");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    expect(visitor.complaints).toEqual([]);
  },
  30_000,
);

look(
  "one finds a device of any tenant, a chat and a section by name",
  async () => {
    await using visitor = await Visitor.arrive(browser, bot.url);
    const { page } = visitor;
    await visitor.goes("overview");
    const find = async (words: string, name: string): Promise<void> => {
      await page.keyboard.press("Control+k");
      await page.locator("dialog[open] input").fill(words);
      await page.locator("dialog[open] li").first().getByRole("link", { name }).waitFor();
      if (words === "Ann") await visitor.judges("palette", "light");
      await page.keyboard.press("Enter");
      await page.locator("dialog[open]").waitFor({ state: "detached" });
    };
    await find("shop-7", "shop-7");
    await page.waitForURL(/#\/(@\w+\/)?devices\/shop-7$/);
    await visitor.goes("overview");
    await find("Ann", "Ann");
    await page.waitForURL(/#\/chats\/default\//);
    await find("webh", "Webhooks");
    await page.waitForURL(/#\/webhooks$/);
    expect(visitor.complaints).toEqual([]);
  },
  30_000,
);

look(
  "a tab that nobody touches asks nothing in a minute, on a bot to which nothing happens",
  async () => {
    await using visitor = await Visitor.arrive(browser, bot.url);
    const { page } = visitor;
    await page.clock.install();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const { data } = await (await bot.call("GET", "/v1/admin/webhooks?tenant=toko")).json();
    const places =
      "overview devices devices/default chats outbox outbox/* events webhooks access audit health settings logs start plugins plugins/ping";
    for (const place of [...places.split(" "), `@toko/webhooks/${data[0].id}`]) {
      await page.goto("about:blank");
      await visitor.goes(place);
      await page.locator("main .loading").waitFor({ state: "detached" });
      // What the page still had to do, then a minute in which it has nothing to do.
      await page.clock.runFor(3_000);
      await page.waitForLoadState("networkidle");
      asked.length = 0;
      await page.clock.runFor(60_000);
      // A turn of the server after all that was asked in that minute.
      await page.evaluate(() => fetch("/session"));
      expect([place, ...asked]).toEqual([place, "GET /session"]);
    }
    // The visitor would see it: what a page does by a timer is done in that minute.
    await page.evaluate(() => void setInterval(() => void fetch("/v1/devices"), 20_000));
    asked.length = 0;
    await page.clock.runFor(60_000);
    await page.evaluate(() => fetch("/session"));
    expect(asked).toEqual([...Array(3).fill("GET /v1/devices"), "GET /session"]);
  },
  60_000,
);

look(
  "a device of another server is looked at and taken over, by its folder",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "merpati-moved-"));
    for (const [name, text] of Object.entries(moved)) await Bun.write(join(folder, name), text);
    await using visitor = await Visitor.arrive(browser, bot.url);
    const { page } = visitor;
    await visitor.goes("@acme/devices/shop-5");
    await page.getByAltText("QR code to scan with WhatsApp").waitFor();
    await page.getByText("Bring it from another server").click();
    await visitor.field("Its folder").setInputFiles(folder);
    await visitor.button("Look at it first").click();
    await page.getByText(/^The account \+\d+/).waitFor();
    await visitor.judges("import", "light");
    expect(await visitor.button("Take it over").isDisabled()).toBeTrue();
    await visitor.field("The other server is stopped").check();
    const taken = page.waitForResponse((answer) => answer.url().endsWith("/shop-5/start"));
    await visitor.button("Take it over").click();
    expect((await taken).status()).toBe(200);
    const { data } = await (await bot.call("GET", "/v1/admin/devices?tenant=acme")).json();
    const { phone_number, unlinked } = data.find((each: { device_id: string }) => each.device_id === "shop-5");
    // The simulated WhatsApp does not know this account: it may have said so already.
    expect(phone_number ?? unlinked.phone_number).toBeString();
    rmSync(folder, { recursive: true });
  },
  30_000,
);

/** What can be pressed in a section, to whoever signed in, once it has all that it shows. */
async function buttonsIn(visitor: Visitor, place: string, shows: string): Promise<string[]> {
  const { page } = visitor;
  await page.goto("about:blank");
  await visitor.goes(place);
  await page.locator("main").getByText(shows).first().waitFor();
  return page.locator("main button").allTextContents();
}

look(
  "a key without a scope is offered nothing that it may not press",
  async () => {
    await using other = await openBrowser();
    await using visitor = await Visitor.arrive(other, bot.url);
    const comesWith = async (rights: object) => {
      const { data } = await (await bot.call("POST", "/v1/admin/keys", { name: "less", ...rights })).json();
      await other.clearCookies();
      await visitor.page.goto("about:blank");
      await visitor.page.goto(bot.url);
      await visitor.field("API key").fill(data.key);
      await visitor.button("Sign in").click();
      await visitor.page.locator(".frame").waitFor();
    };
    const shop = { tenant: "toko", devices: ["shop-1"] };
    await comesWith({ scopes: ["read"], ...shop });
    expect(await buttonsIn(visitor, "start", "+6281100000078 is linked.")).toEqual([]);
    await comesWith({ scopes: ["read", "send", "manage"], ...shop });
    expect(await buttonsIn(visitor, "devices", "+6281100000078")).toEqual([]);
    expect(await buttonsIn(visitor, "start", "+6281100000078 is linked.")).toEqual(["Send", "Add a webhook"]);
    await comesWith({ scopes: ["read"], admin: true });
    expect(await buttonsIn(visitor, "access", "toko")).toEqual([]);
    expect(await buttonsIn(visitor, "settings", "BACKUP_KEEP")).toEqual([]);
    expect(await buttonsIn(visitor, "plugins", "!quiz")).toEqual([]);
    expect(await buttonsIn(visitor, "plugins/ping", "Running")).toEqual([]);
  },
  60_000,
);

look(
  "a device is found by its id and number too, and an address that cannot be read shows a page",
  async () => {
    await using visitor = await Visitor.arrive(browser, bot.url);
    const { page } = visitor;
    await bot.call("PATCH", "/v1/devices/shop-1", { label: "Jakarta" }, { "x-tenant": "toko" });
    await visitor.goes("overview");
    for (const words of ["shop-1", "81100000078"]) {
      await page.keyboard.press("Control+k");
      await page.locator("dialog[open] input").fill(words);
      await page
        .locator("dialog[open] li", { hasText: "Device · toko" })
        .getByRole("link", { name: "Jakarta" })
        .waitFor();
      await page.locator("dialog[open]").getByRole("button", { name: "Close" }).click();
    }
    await page.goto("about:blank");
    await visitor.goes("devices/100%");
    await visitor.reads("100%");
    await visitor.reads("Device not found or access denied");
  },
  30_000,
);
