import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestBot, startBot } from "../harness.ts";
import * as docs from "./samples.ts";

const document = await docs.documented("tenant-devices");
const id = "device_xyz789abc123";
let bot: TestBot;
let key = "";
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "merpati-samples-"));
  bot = await startBot();
  // The number that the document asks a pairing code for has WhatsApp.
  bot.sim.phone("628123456789");
  await bot.call("POST", "/v1/admin/tenants", { id: "tenant" });
  for (const device_id of [id, "device_xyz789"])
    await bot.call("POST", "/v1/admin/tenants/tenant/devices", { device_id });
  const made = await bot.call("POST", "/v1/admin/keys", {
    tenant: "tenant",
    name: "theirs",
    scopes: ["read", "send", "manage"],
  });
  ({ key } = ((await made.json()) as { data: { key: string } }).data);
});
afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const device = () => bot.tenant("tenant").device(id);
const mine = (code: string) => docs.personal(code, { url: bot.url, key });

/** Programs of desktops that are not here, and the end of an endless loop after its second round. */
const prelude = () => `
API_KEY=${key}
curl() { command curl -s "$@"; }
xdg-open() { :; }; open() { :; }; start() { :; }
rounds=0
sleep() { rounds=$((rounds + 1)); if [ $rounds -ge 2 ]; then exit 0; fi; }
`;

test.skipIf(!docs.shellTools)(
  "every curl line of the document answers as documented",
  async () => {
    const samples = docs.shellSamples(document);
    expect(samples.length).toBeGreaterThan(12);
    for (const { code, answer } of samples) {
      const said = docs.printed(await docs.runShell(mine(code), prelude(), folder));
      if (!code.includes("qr.png")) expect(said.length).toBeGreaterThan(0);
      for (const each of said) expect(each, code).toMatchObject({ success: true });
      if (answer !== null) expect(docs.lacking(answer, said.at(-1)), code).toEqual([]);
    }
    const png = Buffer.from(await Bun.file(join(folder, "qr.png")).arrayBuffer());
    expect(png.subarray(1, 4).toString()).toBe("PNG");
  },
  30_000,
);

test.skipIf(!docs.shellTools)("once the QR is scanned, the health line says so", async () => {
  await device().start();
  await bot.phone.scan((await device().qr()).qr);
  await connected();
  const health = docs.shellSamples(document).find(({ code }) => code.includes("/health"));
  const [said] = docs.printed(await docs.runShell(mine(health?.code ?? ""), prelude(), folder));
  expect(docs.lacking(health?.answer, said)).toEqual([]);
  expect(said).toMatchObject({
    data: { is_connected: true, status: "connected", phone_number: bot.phone.number },
  });
});

test("the reconnect logic starts a device that is down", async () => {
  await device().stop();
  const code = mine(docs.sample(docs.fenced(document, "javascript"), "ensureConnected"));
  const call = (path: string, method: string) =>
    fetch(`${bot.url}/v1/devices/${id}/${path}`, { method, headers: { authorization: `Bearer ${key}` } });
  const host = {
    checkHealth: async () => ((await (await call("health", "GET")).json()) as { data: unknown }).data,
    startDevice: () => call("start", "POST"),
    wait: connected,
  };
  // What the snippet leaves to its reader comes in as arguments.
  // oxlint-disable-next-line typescript/no-implied-eval -- the document's own code
  const run = new Function(...Object.keys(host), `${code}\nreturn ensureConnected(${JSON.stringify(id)});`);
  await run(...Object.values(host));
  expect(device().status().phase).toBe("connected");
});

/** Resolves when the device is connected, told by its events. */
function connected(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (device().status().phase !== "connected") return;
      stop();
      resolve();
    };
    const stop = bot.tenant("tenant").listen(look);
    look();
  });
}
