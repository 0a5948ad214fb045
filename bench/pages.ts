/**
 * How quick the dashboard is: `bun bench/pages.ts [loads]`. What the first load weighs; how long from the address to a
 * field one can type into, with nothing cached, beside a bare document of one field; how smoothly 10,000 events scroll,
 * beside 200 plain rows in the same browser.
 */
import type { BrowserContext, Page } from "playwright-core";
import { openBrowser } from "../test/browser.ts";
import { manyEvents } from "../test/dashboard/many-events.ts";
import { adminKey, startBot } from "../test/harness.ts";

const loads = Number(process.argv[2] ?? 20);
const print = (text: string) => void process.stdout.write(`${text}\n`);
const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
const at = (values: readonly number[], share: number) => sorted(values)[Math.floor((values.length - 1) * share)] ?? 0;
const ms = (values: readonly number[]) => `${at(values, 0.5).toFixed(0)} ms (worst ${at(values, 1).toFixed(0)})`;

const control = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () =>
    new Response(
      `<!doctype html><title>control</title><input type="password"><div class="rows" style="height:600px;overflow:auto">${Array.from(
        { length: 200 },
        (_, row) => `<div style="height:40px">row ${row}</div>`,
      ).join("")}</div>`,
      { headers: { "content-type": "text/html" } },
    ),
});

/** Milliseconds until there is a field to type into. */
async function interactive(browser: BrowserContext, url: string): Promise<number> {
  const page = await browser.newPage();
  const session = await browser.newCDPSession(page);
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await page.addInitScript(() => {
    const look = () => {
      if (document.querySelector("input[type=password]")) Object.assign(globalThis, { interactive: performance.now() });
      else requestAnimationFrame(look);
    };
    look();
  });
  await page.goto(url);
  await page.locator("input[type=password]").waitFor();
  const time = await page.evaluate(() => (globalThis as unknown as { interactive: number }).interactive);
  await page.close();
  return time;
}

/** Milliseconds between frames while the rows are scrolled through. */
const scrolled = (page: Page, step: number): Promise<number[]> =>
  page.evaluate(async (far) => {
    const rows = document.querySelector(".rows");
    if (!rows) throw new Error("there are no rows");
    const frames: number[] = [];
    let last = performance.now();
    for (let turn = 0; turn < 120; turn++) {
      rows.scrollTop += far;
      await new Promise(requestAnimationFrame);
      frames.push(performance.now() - last);
      last = performance.now();
    }
    return frames;
  }, step);

await using bot = await startBot();
await using browser = await openBrowser();

const page = await browser.newPage();
let weight = 0;
const counting: Promise<void>[] = [];
page.on("response", (response) => {
  if (/\/(assets\/.*)?$/.test(new URL(response.url()).pathname))
    counting.push(
      response
        .request()
        .sizes()
        .then(({ responseBodySize }) => void (weight += responseBodySize)),
    );
});
await page.goto(bot.url);
await page.locator("input[type=password]").waitFor();
await Promise.all(counting);
print(`first load: ${(weight / 1024).toFixed(1)} KB compressed`);

const bare: number[] = [];
const ours: number[] = [];
for (let load = 0; load < loads; load++) {
  bare.push(await interactive(browser, control.url.href));
  ours.push(await interactive(browser, bot.url));
}
print(`to a field one can type into: ${ms(ours)}; a bare document: ${ms(bare)}`);

await page.getByLabel("API key").fill(adminKey);
await page.keyboard.press("Enter");
await page.locator(".frame").waitFor();
await page.route("**/v1/events?latest=200", (route) =>
  route.fulfill({ json: { success: true, data: manyEvents(10_000) } }),
);
await page.goto(`${bot.url}/#/events`);
await page.getByText("10000 shown").waitFor();
const frames = await scrolled(page, 3_000);
await page.goto(control.url.href);
const plain = await scrolled(page, 60);
const late = (values: readonly number[]) => values.filter((each) => each > 34).length;
print(
  `a frame of 10,000 events: ${ms(frames)}, ${late(frames)} of 120 late; of 200 plain rows: ${ms(plain)}, ${late(plain)} late`,
);
await control.stop(true);
