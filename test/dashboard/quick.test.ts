import { afterAll, beforeAll, expect, test } from "bun:test";
import type { BrowserContext, Route } from "playwright-core";
import { browserPath, openBrowser } from "../browser.ts";
import { manyEvents } from "./many-events.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { Visitor } from "./visitor.ts";

let bot: TestBot;
let browser: BrowserContext & AsyncDisposable;

beforeAll(async () => {
  if (!browserPath) return;
  bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  browser = await openBrowser();
}, 30_000);
afterAll(async () => {
  if (!browserPath) return;
  await browser[Symbol.asyncDispose]();
  await bot[Symbol.asyncDispose]();
});

const look = test.skipIf(!browserPath);

async function signedIn(): Promise<Visitor> {
  await browser.clearCookies();
  const visitor = await Visitor.arrive(browser, bot.url);
  await visitor.page.goto(bot.url);
  await visitor.field("API key").fill(adminKey);
  await visitor.button("Sign in").click();
  await visitor.page.locator(".frame").waitFor();
  return visitor;
}

const sections = "devices chats outbox events webhooks plugins plugins/help access health logs start".split(" ");

look("nothing jumps while the page loads and from section to section", async () => {
  await using visitor = await Visitor.arrive(browser, bot.url);
  await visitor.page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    const note = (list: PerformanceObserverEntryList) => {
      for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
    };
    new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
  });
  await visitor.page.goto(bot.url);
  await visitor.field("API key").fill(adminKey);
  await visitor.button("Sign in").click();
  await visitor.page.getByAltText("QR code to scan with WhatsApp").waitFor();
  for (const section of sections) await visitor.goes(section);
  const shifts = await visitor.page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts);
  expect(shifts.reduce((sum, each) => sum + each, 0)).toBeLessThan(0.1);
});

// How smoothly they scroll is measured in bench/pages.ts.
look("10,000 events: only those in sight are drawn, wherever one scrolls to", async () => {
  await using visitor = await signedIn();
  await visitor.page.route("**/v1/events?latest=200", (route) =>
    route.fulfill({ json: { success: true, data: manyEvents(10_000) } }),
  );
  await visitor.goes("events");
  await visitor.reads("10000 shown");
  for (const at of [0, 5_000, 9_999]) {
    await visitor.page.locator(".rows").evaluate((rows, top) => rows.scrollTo(0, top), at * 40);
    await visitor.reads(`number ${9_999 - at}`);
    expect(await visitor.page.locator(".rows li").count()).toBeLessThan(100);
  }
});

look("who signs out and in again is where they were", async () => {
  await using visitor = await signedIn();
  await visitor.goes("devices");
  await visitor.button("Sign out").click();
  await visitor.field("API key").fill(adminKey);
  await visitor.button("Sign in").click();
  await visitor.page.getByRole("heading", { name: "Devices", level: 1 }).waitFor();
});

look("the visitor sees flaws", async () => {
  await using visitor = await signedIn();
  await visitor.page.evaluate(() => document.querySelector("main")?.append(document.createElement("input")));
  // Not by `expect(…).rejects`: Bun waits for it in a loop within its loop, which puts Playwright's messages out of order.
  expect(await visitor.judges("flawed").catch(String)).toContain("label");
});

look("a QR renews itself; when no more come, one asks for another", async () => {
  await using visitor = await signedIn();
  const qr = visitor.page.getByAltText("QR code to scan with WhatsApp");
  const first = (await qr.getAttribute("src")) ?? "";
  await bot.device.stop();
  await bot.device.start();
  await visitor.page.locator(`.qr img:not([src="${first}"])`).waitFor();
  // As it is when nobody scanned, and WhatsApp gave no more.
  await visitor.page.route("**/pairing/qr", async (route) => {
    const answer = await (await route.fetch()).json();
    await route.fulfill({ json: { ...answer, data: { ...answer.data, expires_at: Date.now() / 1_000 - 60 } } });
  });
  await visitor.page.reload();
  const again = visitor.button("Get a new QR code");
  await again.waitFor();
  await visitor.page.unroute("**/pairing/qr");
  await again.click();
  await qr.waitFor();
  expect(bot.device.status().phase).toBe("pairing");
});

look("what is being removed is not asked for again, whatever happens meanwhile", async () => {
  const made = await bot.call("POST", "/v1/webhooks", { url: bot.receiver.url });
  const { data: hook } = (await made.json()) as { data: { id: string } };
  await bot.call("POST", "/v1/admin/tenants", { id: "leaving", name: "Leaving" });
  await using visitor = await signedIn();
  const { page } = visitor;
  // It is gone, and the page does not know it yet.
  const removing = async (route: Route) => {
    if (route.request().method() !== "DELETE") return route.continue();
    const response = await route.fetch();
    await page.evaluate(hearQr);
    await bot.device.stop();
    await bot.device.start();
    await page.evaluate(() => (globalThis as unknown as { heard: Promise<void> }).heard);
    return route.fulfill({ response });
  };
  await page.route(`**/v1/webhooks/${hook.id}`, removing);
  await page.route("**/v1/admin/tenants/leaving", removing);
  await visitor.goes(`webhooks/${hook.id}`);
  await visitor.button("Remove").click();
  await visitor.agrees("Remove");
  await page.getByRole("heading", { name: "Webhooks", level: 1 }).waitFor();
  await visitor.goes("access");
  await visitor.button("Remove: Leaving").click();
  await visitor.agrees("Remove");
  await page.getByRole("heading", { name: "Leaving" }).waitFor({ state: "detached" });
  expect(visitor.complaints).toEqual([]);
});

look("what was asked of something before it was removed is not waited for", async () => {
  const made = await bot.call("POST", "/v1/webhooks", { url: `${bot.receiver.url}/leaving` });
  const { data: hook } = (await made.json()) as { data: { id: string } };
  await using visitor = await signedIn();
  const { page } = visitor;
  await visitor.goes(`webhooks/${hook.id}`);
  await visitor.reads("Nothing was owed to this webhook yet.");
  const { promise: gone, resolve: removed } = Promise.withResolvers<void>();
  const late = new RegExp(`/v1/webhooks/${hook.id}/deliveries`);
  await page.route(late, async (route) => {
    await gone;
    await route.continue();
  });
  const asked = page.waitForRequest(late);
  await visitor.button("Refresh").click();
  const request = await asked;
  const ended = new Promise<void>((resolve) => {
    for (const end of ["requestfailed", "requestfinished"] as const)
      page.on(end as "requestfailed", (each) => each === request && resolve());
  });
  await visitor.button("Remove").click();
  await visitor.agrees("Remove");
  await page.getByRole("heading", { name: "Webhooks", level: 1 }).waitFor();
  expect(await page.getByText("/leaving").count()).toBe(0);
  removed();
  await ended;
  await page.evaluate(() => fetch("/session"));
  expect(visitor.complaints).toEqual([]);
});

/** Begins to hear in the page; `heard` resolves when a QR came, and the page had a turn after it. */
async function hearQr(): Promise<void> {
  const source = new EventSource("/v1/events");
  const came = new Promise((resolve) => source.addEventListener("device.qr", resolve, { once: true }));
  await new Promise((open) => source.addEventListener("open", open));
  Object.assign(globalThis, { heard: came.then(() => fetch("/session")).then(() => source.close()) });
}

look("the Tab key reaches all that can be used, shows where it is and is caught nowhere", async () => {
  await using visitor = await signedIn();
  for (const section of sections) {
    await visitor.goes(section);
    // Else what is walked round may be the section before, just before it goes.
    await visitor.page.reload();
    await visitor.page.locator("main h1").waitFor();
    await visitor.page.locator("main .loading").waitFor({ state: "detached" });
    if (section === "start") await visitor.page.getByAltText("QR code to scan with WhatsApp").waitFor();
    const { missed, unseen } = await byTab(visitor);
    expect([section, missed, unseen]).toEqual([section, [], []]);
  }
});

/** What Tab does not come to on its way round the page, and where it is and is not to be seen. */
async function byTab({ page }: Visitor): Promise<{ missed: string[]; unseen: string[] }> {
  const all = await page.evaluate(() => {
    const usable =
      ":is(a[href], button, input, select, textarea, summary, [tabindex='0']):not(:disabled, [tabindex='-1'])";
    const seen = [...document.querySelectorAll<HTMLElement>(usable)].filter((each) => each.checkVisibility());
    for (const element of document.querySelectorAll<HTMLElement>("[data-nth]")) delete element.dataset["nth"];
    for (const [index, element] of seen.entries()) element.dataset["nth"] = String(index);
    return seen.map((each) => each.outerHTML.slice(0, 120));
  });
  const reached = new Set<number>();
  const unseen: string[] = [];
  for (let presses = 0; presses < all.length + 20; presses++) {
    await page.keyboard.press("Tab");
    const [nth, ring] = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      // A card shows it for the link that it is.
      const shows = [element, element.closest(".card")].some((each) => {
        if (!each) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(each);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
      });
      return [element.dataset["nth"], shows] as const;
    });
    if (nth === undefined) continue;
    if (reached.has(Number(nth))) break;
    reached.add(Number(nth));
    if (!ring) unseen.push(all[Number(nth)] ?? "");
  }
  return { missed: all.filter((_, index) => !reached.has(index)), unseen };
}

look("names of any length stay inside", async () => {
  const name = "x".repeat(64);
  const url = `${bot.receiver.url}${"path/".repeat(40)}${"q".repeat(100)}`;
  await bot.call("POST", "/v1/admin/tenants", { id: name, name: "W".repeat(100) });
  await bot.call("POST", `/v1/admin/tenants/${name}/devices`, { device_id: name });
  await bot.call("POST", "/v1/admin/tenants/default/devices", { device_id: name });
  await bot.call("POST", "/v1/admin/keys", { name: "k".repeat(100), tenant: name, scopes: ["read"] });
  await bot.call("POST", "/v1/webhooks", { url, description: "d".repeat(250) });
  const { data } = (await (await bot.call("GET", "/v1/webhooks")).json()) as { data: { id: string; url: string }[] };
  const [hook] = data.filter((each) => each.url === url);
  await using visitor = await signedIn();
  for (const width of [390, 700, 1280]) {
    await visitor.page.setViewportSize({ width, height: 860 });
    for (const place of ["devices", `devices/${name}`, "webhooks", `webhooks/${hook?.id}`, "access", "plugins/help"]) {
      await visitor.goes(place);
      await visitor.page.locator("main .card").first().waitFor();
      const over = await visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([place, width, Math.max(0, over)]).toEqual([place, width, 0]);
    }
  }
});
