import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { browserPath, openBrowser } from "../browser.ts";
import { type TestBot, adminKey, startBot } from "../harness.ts";
import { documented, fenced, personal, qrLibrary, runScript, sample } from "./samples.ts";

const document = await documented("connection-api");
let pages: Bun.Server<undefined>;
let served = "";
let bot: TestBot;

beforeAll(async () => {
  pages = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(served, { headers: { "content-type": "text/html; charset=utf-8" } }),
  });
  bot = await startBot({ env: { CORS_ORIGIN: pages.url.origin } });
});
afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await pages.stop(true);
});

const mine = (code: string) => personal(code, { url: bot.url, key: adminKey });
const qrText = async () => (await bot.device.qr()).qr;

/** The page on its own origin; the CDN's script comes from here, the page's timers are wound by hand. */
async function open(page: Page, html: string): Promise<void> {
  served = mine(html);
  const library = await qrLibrary();
  await page.route("https://cdn.jsdelivr.net/**", (route) =>
    route.fulfill({ body: library, contentType: "text/javascript" }),
  );
  await page.clock.install();
  await page.goto(pages.url.href);
}

test.skipIf(!browserPath)("the dashboard page shows the QR, and that it was scanned", async () => {
  await using browser = await openBrowser();
  const page = await browser.newPage();
  const shownQr = await qrText();
  await open(page, sample(fenced(document, "html"), "<canvas"));
  await page.waitForFunction(() => window.document.getElementById("status")?.innerText.includes("Scan QR below"));
  await page.waitForFunction((text) => {
    const canvas = window.document.createElement("canvas");
    const { QRCode } = window as unknown as { QRCode: { toCanvas(canvas: HTMLCanvasElement, text: string): void } };
    QRCode.toCanvas(canvas, text);
    const shown = window.document.getElementById("qr") as HTMLCanvasElement;
    return shown.toDataURL() === canvas.toDataURL();
  }, shownQr);
  await bot.link();
  await page.clock.runFor(5_000);
  await page.waitForFunction(() => window.document.getElementById("status")?.innerText.includes("Connected"));
  await logout();
});

test.skipIf(!browserPath)("the polling snippet shows the QR as a picture", async () => {
  await using browser = await openBrowser();
  const page = await browser.newPage();
  const code = sample(fenced(document, "javascript"), "toDataURL");
  const script = '<script src="https://cdn.jsdelivr.net/npm/qrcode@1.5.1/build/qrcode.min.js"></script>';
  await qrText();
  await open(page, `<!doctype html>${script}<img id="qr"><script>${code}</script>`);
  await page.clock.runFor(20_000);
  await page.waitForFunction(() => {
    const image = window.document.getElementById("qr") as HTMLImageElement;
    return image.src.startsWith("data:image/png;base64,") && image.naturalWidth > 100;
  });
});

test("the class finds the QR while nobody is connected", async () => {
  const code = mine(sample(fenced(document, "javascript"), "class WhatsAppBotService"));
  const qr = await qrText();
  const out = await runScript(`const displayQRCode = (qr) => console.log("QR", qr);\n${code}`, "mjs");
  expect(out).toContain(`QR ${qr}`);
});

test("the class sees the connection, and disconnects", async () => {
  await bot.link();
  const code = mine(sample(fenced(document, "javascript"), "class WhatsAppBotService"));
  const more = `\nconsole.log(status.data.isConnected, JSON.stringify(await bot.disconnect()));`;
  expect(await runScript(code + more, "mjs")).toContain(
    'true {"success":true,"message":"Disconnected successfully. Scan QR or use pairing code to reconnect."}',
  );
  await bot.until(() => bot.device.status().qr !== null, "a new QR");
});

/** Two rounds instead of one every 30 seconds for ever. */
const twoRounds = `
const sendAlert = async (text) => console.log("ALERT", text);
const setInterval = async (round) => { await round(); await round(); };
`;

test("the monitor raises an alarm with the QR, then sees the connection", async () => {
  const code = mine(sample(fenced(document, "javascript"), "monitorConnection"));
  const qr = await qrText();
  const before = await runScript(twoRounds + code, "cjs");
  expect(before.match(/❌ Bot disconnected!/g)).toHaveLength(2);
  expect(before).toContain(`📱 QR Code: ${qr}`);
  expect(before).toContain("ALERT Bot disconnected! Scan QR code to reconnect.");
  await bot.link();
  expect(await runScript(twoRounds + code, "cjs")).toBe("✅ Bot connected\n✅ Bot connected\n");
});

async function logout(): Promise<void> {
  const response = await bot.call("POST", "/connection/disconnect");
  expect(response.status).toBe(200);
  await bot.until(() => bot.device.status().qr !== null, "a new QR");
}
