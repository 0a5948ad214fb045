import { afterAll, beforeAll, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { startSimulator, type Simulator } from "../../src/simulator/index.ts";
import { browserPath, openBrowser } from "../browser.ts";
import { compile } from "../cli/binary.ts";
import { Receiver } from "../receiver.ts";
import { Program } from "./program.ts";
import { Visitor } from "./visitor.ts";

const key = "key-of-the-walk-0123456789abcdef";
let binary: Awaited<ReturnType<typeof compile>>;
let browser: BrowserContext & AsyncDisposable;
let sim: Simulator;
let receiver: Receiver;
let program: Program;
let visitor: Visitor;

beforeAll(async () => {
  if (!browserPath) return;
  binary = await compile();
  sim = await startSimulator();
  sim.phone("6281100000001", { name: "Budi" });
  sim.contact("628123456789", { name: "Ann" });
  receiver = new Receiver();
  const authority = join(dirname(binary.path), "ca.pem");
  await Bun.write(authority, sim.certificate);
  const environment = {
    API_KEY: key,
    WHATSAPP_URL: sim.url,
    WHATSAPP_ROOT_KEY: sim.rootKey,
    WHATSAPP_CA: authority,
    OUTBOUND_ALLOW: "loopback",
    SENDING: "off",
  };
  program = await Program.start(binary.path, [], environment, /listens on (\S+)/);
  browser = await openBrowser();
  visitor = await Visitor.arrive(browser, program.url);
}, 90_000);

afterAll(async () => {
  if (!browserPath) return;
  await visitor[Symbol.asyncDispose]();
  await browser[Symbol.asyncDispose]();
  await program[Symbol.asyncDispose]();
  await receiver.stop();
  await sim.stop();
  binary.dispose();
});

/** A red dot. */
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==",
  "base64",
);
const walk = test.skipIf(!browserPath);
const long = 120_000;
const ann = () => sim.contact("628123456789");
const phone = () => sim.phone("6281100000001");
/** What a key of the admin sees behind the page's back. */
const behind = async (path: string) => (await fetch(`${program.url}${path}`, { headers: { "x-api-key": key } })).json();

walk(
  "a wrong key is told so, the right one opens the first steps",
  async () => {
    await visitor.page.goto(program.url);
    await visitor.judges("sign-in");
    await visitor.field("API key").fill("mp_wrong");
    await visitor.button("Sign in").click();
    await visitor.reads("Invalid API key.");
    expect(visitor.complaints.splice(0)).toEqual([expect.stringContaining("401")]);
    await visitor.field("API key").fill(key);
    await visitor.button("Sign in").click();
    await visitor.page.getByAltText("QR code to scan with WhatsApp").waitFor();
    await visitor.judges("first-steps");
    // Nothing that a script could read keeps the key.
    const kept = await visitor.page.evaluate(() => JSON.stringify([localStorage, sessionStorage]) + document.cookie);
    expect(kept).not.toContain(key);
    expect(kept).not.toContain("merpati_");
  },
  long,
);

walk(
  "a code is asked for and typed; the page says connected by itself",
  async () => {
    await visitor.button("Pairing code").click();
    await visitor.field("Phone number").fill("+62 811-0000-0001");
    await visitor.button("Get a code").click();
    const code = visitor.page.locator(".copy.big code");
    await code.waitFor();
    await visitor.judges("pairing-code");
    await phone().enterCode((await code.textContent()) ?? "");
    await visitor.reads("+6281100000001 is linked. WhatsApp is connected.");
  },
  long,
);

walk(
  "a test message goes out, a webhook is added and its test arrives",
  async () => {
    await visitor.field("To").fill("+62 812-3456-789");
    await visitor.button("Send").click();
    await ann().hears("Hello from Merpati!");
    await visitor.reads("Delivered");
    await visitor.field("Address").fill("http://192.0.2.1/hook");
    await visitor.button("Add a webhook").click();
    await visitor.page.locator("[role=alert]").waitFor();
    visitor.complaints.splice(0);
    await visitor.field("Address").fill(receiver.url);
    await visitor.button("Add a webhook").click();
    await visitor.reads("The test arrived: status 200");
    await visitor.judges("first-steps-done");
    await visitor.page.getByRole("link", { name: "All done: to the devices" }).click();
    await visitor.reads("Everything works");
    expect(visitor.complaints).toEqual([]);
  },
  long,
);

walk(
  "devices: stopped, started, made and removed, each asked for first where it destroys",
  async () => {
    await visitor.judges("devices");
    await visitor.page.getByRole("link", { name: "default" }).click();
    await visitor.button("Stop").click();
    await visitor.reads("Stopped");
    await visitor.button("Start").click();
    await visitor.reads("Connected");
    await visitor.judges("device");
    await visitor.goes("devices");
    await visitor.field("Device id").fill("shop-1");
    await visitor.button("Add a device").click();
    await visitor.page.getByAltText("QR code to scan with WhatsApp").waitFor();
    await visitor.page.getByText("Let somebody else scan").click();
    await visitor.button("Make a link").click();
    const link = visitor.page.locator("details .copy code");
    await link.waitFor();
    await sharedLink((await link.textContent()) ?? "");
    await visitor.button("Remove").click();
    await visitor.reads("Remove shop-1?");
    await visitor.judges("device-remove");
    await visitor.button("Cancel").click();
    expect((await behind("/v1/devices")).data).toHaveLength(2);
    await visitor.button("Remove").click();
    await visitor.page.locator("dialog[open]").getByRole("button", { name: "Remove", exact: true }).click();
    await visitor.field("Device id").waitFor();
    expect((await behind("/v1/devices")).data).toHaveLength(1);
    expect(visitor.complaints).toEqual([]);
  },
  long,
);

async function sharedLink(url: string): Promise<void> {
  await using guest = await Visitor.arrive(browser, program.url);
  await guest.page.goto(url);
  await guest.page.getByAltText("QR code to scan with WhatsApp").waitFor();
  await guest.judges("link");
  expect(guest.complaints).toEqual([]);
}

walk(
  "chats: what comes in appears at once, what is written goes out and gets its ticks",
  async () => {
    await visitor.goes("chats");
    await ann().says("good morning", { to: phone() });
    await visitor.page.getByRole("link", { name: /Ann/ }).click();
    await visitor.reads("good morning");
    await visitor.page.getByRole("textbox", { name: "Message" }).fill("good evening");
    await visitor.button("Send").click();
    const heard = await ann().hears("good evening");
    heard.read();
    await visitor.page.getByRole("img", { name: "Read" }).last().waitFor();
    await ann().reacts(heard, "👍");
    await visitor.page.locator(".reactions").waitFor();
    await visitor.page.setInputFiles("input[type=file]", { name: "dot.png", mimeType: "image/png", buffer: picture });
    await ann().hears(({ message }) => Boolean(message.imageMessage));
    await visitor.page.locator(".bubble.mine img.image").waitFor();
    await visitor.judges("chat");
    await visitor.field("Search").fill("morning");
    await visitor.page.locator("aside").getByText("good morning").waitFor();
    await visitor.field("Search").fill("");
    await ann().says("unread", { to: phone() });
    await visitor.reads("1 new");
    await visitor.button("Mark as read").click();
    await visitor.button("Mark as read").waitFor({ state: "detached" });
    expect(visitor.complaints).toEqual([]);
  },
  long,
);

walk(
  "events: live, filtered, paused, opened by keyboard",
  async () => {
    await visitor.goes("events");
    await visitor.page.locator(".rows li").first().waitFor();
    await visitor.button("Pause").click();
    await ann().says("while it is paused", { to: phone() });
    await behindUntil("/v1/events?latest=50", "while it is paused");
    expect(await visitor.page.getByText("while it is paused").count()).toBe(0);
    await visitor.button("Continue").click();
    await visitor.reads("Ann: while it is paused");
    await visitor.field("Kind").selectOption("device");
    await visitor.page.getByText("message.received").first().waitFor({ state: "detached" });
    await visitor.field("Kind").selectOption("");
    await visitor.judges("events");
    const first = visitor.page.locator(".rows li button").first();
    await first.focus();
    await visitor.page.keyboard.press("ArrowDown");
    await visitor.page.keyboard.press("Enter");
    await visitor.page.locator("dialog[open] pre").waitFor();
    await visitor.judges("event");
    await visitor.page.keyboard.press("Escape");
    expect(visitor.complaints).toEqual([]);
  },
  long,
);

/** Asks until the answer holds the text. Each answer is a turn of the program's loop. */
async function behindUntil(path: string, text: string): Promise<void> {
  while (!JSON.stringify(await behind(path)).includes(text));
}

walk(
  "webhooks: every delivery with its attempts; redelivered, paused, given a new secret, removed",
  async () => {
    await visitor.goes("webhooks");
    await visitor.judges("webhooks");
    await visitor.page.getByRole("link", { name: receiver.url }).click();
    await ann().says("for the webhook", { to: phone() });
    const { seq } = await receiver.next("message.received", ({ data }) =>
      JSON.stringify(data).includes("for the webhook"),
    );
    const delivery = visitor.page.locator(".deliveries li", { hasText: `default #${seq}` });
    await delivery.getByText("Delivered").waitFor();
    await delivery.locator("summary").click();
    await delivery.getByText(" ms").waitFor();
    const before = receiver.all.length;
    await delivery.getByRole("button", { name: "Deliver again" }).click();
    await receiver.until(() => receiver.all.length > before, "the delivery again");
    await visitor.judges("webhook");
    await visitor.button("Show the secret").click();
    await visitor.page.getByText(/^whsec_/).waitFor();
    await visitor.button("Pause").click();
    await visitor.button("Resume").click();
    await visitor.field("Description").fill("the walk's");
    await visitor.button("Save").click();
    await visitor.reads("Saved.");
    await visitor.button("New secret").click();
    await visitor.agrees("New secret");
    await visitor.button("Remove").click();
    await visitor.page.locator("dialog[open]").getByRole("button", { name: "Remove", exact: true }).click();
    await visitor.reads("There is no webhook yet.");
    expect(visitor.complaints).toEqual([]);
  },
  long,
);

walk(
  "plugins: off and on, their settings in a form that says what does not fit",
  async () => {
    await visitor.goes("plugins");
    await visitor.button("Turn off ping").click();
    await visitor.button("Turn on ping").click();
    await visitor.button("Turn off ping").waitFor();
    await visitor.judges("plugins");
    await visitor.page.getByRole("link", { name: "help" }).click();
    await visitor.page.getByRole("heading", { name: "Settings" }).waitFor();
    await visitor.page.locator("form input[type=checkbox]").first().click();
    await visitor.button("Save").click();
    await visitor.reads("Saved.");
    await visitor.judges("plugin");
    expect(visitor.complaints).toEqual([]);
  },
  long,
);

walk(
  "keys and tenants: made, shown once, revoked; who did it stands below",
  async () => {
    await visitor.goes("access");
    await visitor.field("Tenant id").fill("acme");
    await visitor.button("Add a tenant").click();
    await visitor.page.getByRole("heading", { name: "acme" }).waitFor();
    await visitor.field("Name").first().fill("their server");
    await visitor.field("For").selectOption("acme");
    await visitor.button("Make a key").click();
    const made = visitor.page.getByText(/^mp_/);
    await made.waitFor();
    const tenants = (await made.textContent()) ?? "";
    await visitor.judges("access");
    await tenantSees(tenants);
    await visitor.button("Revoke").click();
    await visitor.agrees("Revoke");
    await visitor.field("Show revoked keys").waitFor();
    expect((await fetch(`${program.url}/v1/devices`, { headers: { "x-api-key": tenants } })).status).toBe(401);
    await visitor.goes("health");
    await visitor.goes("access");
    await visitor.reads("key.revoke");
    await visitor.goes("health");
    await visitor.reads("Running for");
    await visitor.judges("health");
    expect(visitor.complaints).toEqual([]);
  },
  long,
);

/** A tenant in a browser of their own: their devices, nothing of the admin's. */
async function tenantSees(tenants: string): Promise<void> {
  await using other = await openBrowser();
  await using guest = await Visitor.arrive(other, program.url);
  await guest.page.goto(program.url);
  await guest.field("API key").fill(tenants);
  await guest.button("Sign in").click();
  await guest.reads("There is no device yet");
  expect(await guest.page.getByRole("link", { name: "Keys and tenants" }).count()).toBe(0);
  await guest.goes("access");
  expect(await guest.page.getByRole("heading", { name: "Keys and tenants" }).count()).toBe(0);
  expect(guest.complaints).toEqual([]);
}

walk(
  "in Indonesian, by keyboard, and out again",
  async () => {
    await visitor.goes("devices");
    await visitor.field("Language").selectOption("id");
    await visitor.page.getByRole("heading", { name: "Perangkat", level: 1 }).waitFor();
    expect(await visitor.page.evaluate(() => document.documentElement.lang)).toBe("id");
    await visitor.judges("devices-id");
    await visitor.page.reload();
    await visitor.page.getByRole("heading", { name: "Perangkat", level: 1 }).waitFor();
    await visitor.page.keyboard.press("Tab");
    await visitor.page.keyboard.press("Enter");
    expect(await visitor.page.evaluate(() => document.activeElement?.id)).toBe("main");
    await visitor.button("Keluar").click();
    await visitor.field("Kunci API").waitFor();
    await visitor.page.goBack();
    await visitor.field("Kunci API").waitFor();
    expect(visitor.complaints).toEqual([]);
  },
  long,
);

walk(
  "the sandbox: a phone scanned and unlinked by a click, people who write, a network that is pulled",
  async () => {
    await using sandbox = await Program.start(binary.path, ["sandbox"], {}, /Open: +(\S+)\/sandbox/);
    await using guest = await Visitor.arrive(browser, sandbox.url);
    const write = async (words: string) => {
      await guest.field("Write as Ann…").fill(words);
      await guest.button("Send").click();
    };
    const answers = guest.page.locator(".bubble:not(.mine)", { hasText: "pong" });
    await guest.page.goto(`${sandbox.url}/sandbox`);
    await answers.first().waitFor();
    const already = await answers.count();
    await write("!ping");
    await answers.nth(already).waitFor();
    await guest.page.getByRole("img", { name: "Delivered" }).first().waitFor();
    await guest.judges("sandbox");
    await guest.button("Remove the bot from the phone").click();
    await guest.agrees("Remove the bot from the phone");
    await guest.reads("Logged out");
    await guest.judges("sandbox-unlinked");
    await guest.button("Scan the QR code").click();
    await guest.button("Remove the bot from the phone").waitFor();
    await guest.reads("Everything works");
    await guest.button("Pull the plug").click();
    await guest.reads("The network is unplugged");
    await write("!ping again");
    await guest.button("Plug it in again").click();
    await guest.reads("Everything works");
    await guest.page.getByText("More people, a group").click();
    await guest.field("Name").fill("Cici");
    await guest.button("Add a contact").click();
    await guest.button("Cici").click();
    await guest.field("Write as Cici…").fill("!ping");
    await guest.button("Send").click();
    await answers.first().waitFor();
    await guest.judges("sandbox-people");
    expect(guest.complaints).toEqual([]);
  },
  long,
);
