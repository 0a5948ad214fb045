import { afterAll, beforeAll, expect, test } from "bun:test";
import type { BrowserContext } from "playwright-core";
import { browserPath, openBrowser } from "../browser.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { Visitor } from "./visitor.ts";

let bot: TestBot;
let browser: BrowserContext & AsyncDisposable;

beforeAll(async () => {
  if (!browserPath) return;
  bot = await startBot();
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

/** Generous: the machine that tests is busy. Alone it is a tenth of it. */
const interactiveMs = 1_500;

look("the page can be used at once, and nothing jumps while it loads", async () => {
  const visitor = await Visitor.arrive(browser, bot.url);
  await visitor.page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    const note = (list: PerformanceObserverEntryList) => {
      for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
    };
    new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
    new MutationObserver((_, watch) => {
      if (!document.querySelector("input[type=password]")) return;
      Object.assign(globalThis, { interactive: performance.now() });
      watch.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  await visitor.page.goto(bot.url);
  await visitor.field("API key").fill(adminKey);
  const interactive = await visitor.page.evaluate(() => (globalThis as unknown as { interactive: number }).interactive);
  expect(interactive).toBeLessThan(interactiveMs);
  await visitor.button("Sign in").click();
  await visitor.page.getByAltText("QR code to scan with WhatsApp").waitFor();
  for (const section of ["devices", "webhooks", "plugins", "health"]) await visitor.goes(section);
  const shifts = await visitor.page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts);
  expect(shifts.reduce((sum, each) => sum + each, 0)).toBeLessThan(0.1);
  await visitor.page.close();
});

look("10,000 events: only those in sight are drawn, and scrolling does not stutter", async () => {
  const visitor = await signedIn();
  await visitor.page.route("**/v1/events?latest=200", (route) =>
    route.fulfill({ json: { success: true, data: Array.from({ length: 10_000 }, (_, index) => event(index)) } }),
  );
  await visitor.goes("events");
  await visitor.reads("10000 shown");
  const slow = await visitor.page.evaluate(async () => {
    const rows = document.querySelector(".rows");
    if (!rows) throw new Error("there are no rows");
    let slow = 0;
    let last = performance.now();
    for (let step = 0; step < 60; step++) {
      rows.scrollTop += 5_000;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      if (now - last > 100) slow += 1;
      last = now;
    }
    return slow;
  });
  expect(slow).toBeLessThan(6);
  expect(await visitor.page.locator(".rows li").count()).toBeLessThan(100);
  await visitor.reads("number 2");
  await visitor.page.close();
});

const event = (index: number) => ({
  id: `019a9f2e-4c51-7b3a-9d7e-${String(index).padStart(12, "0")}`,
  seq: index,
  type: "message.received",
  timestamp: new Date(1_795_181_820_000 + index * 1_000).toISOString(),
  device: "default",
  data: { push_name: "Ann", content: { kind: "text", text: `number ${index}` } },
});

look("who signs out and in again is where they were", async () => {
  const visitor = await signedIn();
  await visitor.goes("devices");
  await visitor.button("Sign out").click();
  await visitor.field("API key").fill(adminKey);
  await visitor.button("Sign in").click();
  await visitor.page.getByRole("heading", { name: "Devices", level: 1 }).waitFor();
  await visitor.page.close();
});

look("the visitor sees flaws", async () => {
  const visitor = await signedIn();
  await visitor.page.evaluate(() => document.querySelector("main")?.append(document.createElement("input")));
  await expect(visitor.judges("flawed")).rejects.toThrow("label");
  await visitor.page.close();
});
