import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browserPath, openBrowser } from "../browser.ts";
import { type TestBot, startBot } from "../harness.ts";
import * as docs from "./samples.ts";

const document = await docs.documented("devices-api");
let bot: TestBot;
let folder = "";
/** Stands for the document's `sleep 2`: answers when the device waits for its scan. */
let pause: Bun.Server<undefined>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "merpati-samples-"));
  // The document shows its calls without a key: so they work on loopback with AUTH=off.
  bot = await startBot({ env: { AUTH: "off", API_KEY: "" } });
  pause = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch() {
      const customer = () => bot.workspace.devices().find(({ id }) => id === "customer1");
      await bot.until(() => customer()?.status().qr != null, "the QR of customer1");
      return new Response();
    },
  });
});
afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await pause.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

const mine = (code: string) => docs.personal(code, { url: bot.url, key: "" }).replaceAll("{DEVICE_ID}", "myphone");
const prelude = () => `
curl() { command curl -s "$@"; }
sleep() { command curl -s ${pause.url.href}; }
`;

test.skipIf(!docs.shellTools)(
  "every curl line of the document answers as documented",
  async () => {
    const samples = docs.shellSamples(document);
    expect(samples.length).toBeGreaterThan(5);
    for (const { code, answer } of samples) {
      const said = docs.printed(await docs.runShell(mine(code), prelude(), folder));
      expect(said.length, code).toBeGreaterThan(0);
      if (answer !== null) expect(docs.lacking(answer, said.at(-1)), code).toEqual([]);
    }
    const png = Buffer.from(await Bun.file(join(folder, "qrcode.png")).arrayBuffer());
    expect(png.subarray(1, 4).toString()).toBe("PNG");
  },
  30_000,
);

const html = `<!doctype html><div id="qrSection" style="display:none"><img id="qrImage"></div>
<div id="successMessage" style="display:none">Connected</div><div id="root"></div>`;

/** What React gives the snippet, as little as it needs: one render for every new state. */
const host = `
let device = { status: "starting", qrCode: null };
const useEffect = (effect) => { effect(); };
const h = (type, props) => Object.assign(document.createElement(type), props);
const render = () => document.getElementById("root").replaceChildren(view(device) || "");
const loadDeviceStatus = async (id) => {
  device = await (await fetch("/api/devices/" + id + "/status")).json();
  render();
};
`;

/** The snippet's two halves: an effect, and a child in JSX. */
function reactPage(code: string, id: string): string {
  const [effect = "", child = ""] = code.split("// Display QR code when available");
  const jsx = new Bun.Transpiler({
    loader: "tsx",
    tsconfig: { compilerOptions: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "null" } },
  });
  const view = `const view = (device) => ${child.trim().replace(/^\{|\}$/g, "")};`;
  return `${html}<script>${host}\n${jsx.transformSync(`${view}\nconst deviceId = ${JSON.stringify(id)};\n${effect}`)}</script>`;
}

test.skipIf(!browserPath).each([
  ["the polling function", "pollDeviceStatus", "polled"],
  ["the React snippet", "useEffect", "reacted"],
])("%s shows the QR, then the success", async (_, words, id) => {
  await using browser = await openBrowser();
  const page = await browser.newPage();
  const device = await bot.workspace.createDevice(id);
  const { qr } = await device.qr();
  const language = words === "useEffect" ? "typescript" : "javascript";
  const code = docs.sample(docs.fenced(document, language), words);
  const polling = `${html}<script>${code}\npollDeviceStatus(${JSON.stringify(id)})</script>`;
  const body = words === "useEffect" ? reactPage(code, id) : polling;
  await page.route(`${bot.url}/page`, (route) => route.fulfill({ body, contentType: "text/html; charset=utf-8" }));
  await page.clock.install();
  await page.goto(`${bot.url}/page`);
  await page.clock.runFor(3_000);
  await page.waitForFunction(() =>
    [...window.document.images].some(({ src, naturalWidth }) => src.startsWith("data:image/png") && naturalWidth > 100),
  );
  await bot.sim.phone(`62811999${id.length}001`).scan(qr);
  await bot.until(() => device.status().phase === "connected", "the device to be connected");
  await page.clock.runFor(3_000);
  await page.waitForFunction(
    (polled) =>
      polled
        ? window.document.getElementById("successMessage")?.style.display === "block"
        : window.document.getElementById("root")?.childElementCount === 0,
    words !== "useEffect",
  );
});
