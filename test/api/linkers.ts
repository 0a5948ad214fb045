import type { Page } from "playwright-core";
import { qrDataUrl } from "../../src/api/picture.ts";
import { is } from "../../src/core/model/events/events.ts";
import type { Phone } from "../../src/simulator/index.ts";
import type { Subject } from "../crash/subject.ts";
import type { Receiver } from "../receiver.ts";
import { SocketClient } from "../socket-client.ts";
import {
  documented,
  fenced,
  personal,
  printed,
  qrLibrary,
  runScript,
  runShell,
  sample,
  shellSamples,
} from "./samples.ts";

/** What all documents are tried on. */
export interface World {
  bot: Subject;
  receiver: Receiver;
  folder: string;
  /** A browser's page and where it is served from; null where this machine has no browser. */
  browser: { page: Page; serve(html: string): string } | null;
}

/** One document's reader: makes no other call than those in its samples. */
export abstract class Linker {
  abstract readonly name: string;

  constructor(
    protected readonly world: World,
    protected readonly key: string,
    readonly phone: Phone,
  ) {}

  /** From a device without an account to a connected one. */
  abstract link(): Promise<void>;
  /** Resolves when the samples say that WhatsApp is connected. */
  abstract connected(): Promise<void>;
  /** Resolves when they say that it is not. */
  abstract lost(): Promise<void>;
  close(): void {}

  protected mine(code: string): string {
    return personal(code, { url: this.world.bot.url, key: this.key });
  }

  /** Runs one shell block; what it printed last. */
  protected async shell(code: string): Promise<Record<string, unknown>> {
    const prelude = `curl() { command curl -s -H "x-api-key: ${this.key}" "$@"; }`;
    return printed(await runShell(this.mine(code), prelude, this.world.folder)).at(-1) ?? {};
  }
}

/** Asks again until `holds`; each answer is a turn of the loop, and the test's own timeout ends it. */
async function again<T>(ask: () => Promise<T>, holds: (said: T) => boolean): Promise<T> {
  for (;;) {
    const said = await ask();
    if (holds(said)) return said;
  }
}

/** The shell block that contains all `words`, the first of them. */
function block(document: string, ...words: string[]): string {
  const found = shellSamples(document).find(({ code }) => words.every((word) => code.includes(word)));
  if (!found) throw new Error(`no shell block contains ${words.join(", ")}`);
  return found.code;
}

const connectionDocument = await documented("connection-api");
const devicesDocument = await documented("devices-api");
const tenantDocument = await documented("tenant-devices");

/** The class finds the QR, the page shows it, the monitor sees the connection. */
export class ConnectionLinker extends Linker {
  readonly name = "connection-api";

  async link(): Promise<void> {
    const { browser } = this.world;
    const words = () => browser?.page.evaluate(() => document.getElementById("status")?.innerText);
    if (browser) {
      await browser.page.goto(browser.serve(this.mine(sample(fenced(connectionDocument, "html"), "<canvas"))));
      // Its timer is wound by hand: it asks every five seconds.
      await again(
        async () => (await browser.page.clock.runFor(5_000), words()),
        (said) => said?.includes("Scan QR") === true,
      );
    }
    const code = sample(fenced(connectionDocument, "javascript"), "class WhatsAppBotService");
    const out = await runScript(`const displayQRCode = (qr) => console.log("QR", qr);\n${this.mine(code)}`, "mjs");
    await this.phone.scan(/^QR (\S+)$/m.exec(out)?.[1] ?? out);
    await this.connected();
    if (browser)
      await again(
        async () => (await browser.page.clock.runFor(5_000), words()),
        (said) => said?.includes("Connected") === true,
      );
  }

  connected = () => this.#monitor("✅ Bot connected");
  lost = () => this.#monitor("📱 QR Code: ");

  /** The monitor, whose rounds follow each other until it prints `wanted`. */
  async #monitor(wanted: string): Promise<void> {
    const code = this.mine(sample(fenced(connectionDocument, "javascript"), "monitorConnection"));
    const rounds = `
      const said = []; console.log = (...words) => said.push(words.join(" "));
      const sendAlert = async (text) => console.log("ALERT", text);
      const setInterval = async (round) => {
        while (!said.some((line) => line.startsWith(${JSON.stringify(wanted)}))) await round();
      };`;
    await runScript(`${rounds}\n${code}`, "cjs");
  }
}

/** The curl lines for one device: started, its status asked until there is a QR, and until it is connected. */
export class DevicesLinker extends Linker {
  readonly name = "devices-api";
  readonly #start = block(devicesDocument, "-X POST", "{DEVICE_ID}/start").replaceAll("{DEVICE_ID}", "customer1");
  readonly #status = block(devicesDocument, "curl http", "{DEVICE_ID}/status").replaceAll("{DEVICE_ID}", "customer1");

  async link(): Promise<void> {
    await this.shell(this.#start);
    const { qrCode } = await again(
      () => this.shell(this.#status),
      ({ status }) => status === "waiting_for_scan",
    );
    await this.phone.scan(await textOf(this.world.receiver, "customer1", String(qrCode)));
    await this.connected();
  }

  /** The polling function, with as much of a page as it needs. */
  async connected(): Promise<void> {
    const code = sample(fenced(devicesDocument, "javascript"), "pollDeviceStatus");
    const shown: Record<string, { style: { display: string }; src: string }> = {};
    let round = async (): Promise<void> => {};
    let over = false;
    const host = {
      fetch: (path: string) => fetch(`${this.world.bot.url}${path}`, { headers: { "x-api-key": this.key } }),
      document: { getElementById: (id: string) => (shown[id] ??= { style: { display: "none" }, src: "" }) },
      setInterval: (each: () => Promise<void>) => (round = each),
      clearInterval: () => (over = true),
    };
    // oxlint-disable-next-line typescript/no-implied-eval -- the document's own code
    const poll = new Function(...Object.keys(host), `${code}\nreturn pollDeviceStatus("customer1");`);
    await poll(...Object.values(host));
    await again(round, () => over);
    if (shown["successMessage"]?.style.display !== "block") throw new Error("the page shows no success");
  }

  async lost(): Promise<void> {
    await again(
      () => this.shell(this.#status),
      ({ status }) => status === "disconnected",
    );
  }
}

/** A QR's text, which our phone reads instead of the picture that the face shows. */
async function textOf(receiver: Receiver, device: string, picture: string): Promise<string> {
  const pictures = new Map<string, string>();
  const made = async () => {
    for (const event of receiver.events)
      if (is(event, "device.qr") && event.device === device)
        pictures.set(await qrDataUrl(event.data.qr), event.data.qr);
    return pictures.get(picture);
  };
  const known = await made();
  if (known !== undefined) return known;
  await receiver.next(
    "device.qr",
    (event) => event.device === device && !new Set(pictures.values()).has(event.data.qr),
  );
  return textOf(receiver, device, picture);
}

/** The dashboard of the gateway: it hears by socket, its buttons ask by HTTP. */
export class GatewayLinker extends Linker {
  readonly name = "gateway-socketio";
  #client: SocketClient | null = null;
  #isNew = true;

  async link(): Promise<void> {
    const client = await this.#open();
    if (this.#isNew) await this.#button("POST", "/api/qr/generate");
    this.#isNew = false;
    const { qrString } = await client.next<{ qrString: string }>("qr:generated");
    // The account's name may have come after the connection before this one.
    client.forget();
    await this.phone.scan(qrString);
    await client.next("connection:status", ({ status }) => status === "connecting");
    await this.connected();
  }

  async connected(): Promise<void> {
    const client = await this.#open();
    await client.next("connection:status", ({ status }) => status === "connected");
    if ((await this.#button("GET", "/status"))["status"] !== "connected") throw new Error("the status does not agree");
    client.forget();
  }

  /** Told whatever the status is: who comes in while the next QR is made hears `connecting`, and then the QR alone. */
  async lost(): Promise<void> {
    const client = await this.#open();
    await client.next("connection:status", ({ unlinked }) => unlinked !== null);
  }

  override close(): void {
    this.#client?.[Symbol.dispose]();
    this.#client = null;
  }

  async #open(): Promise<SocketClient> {
    return (this.#client ??= await SocketClient.open(this.world.bot.url, { auth: { key: this.key } }));
  }

  async #button(method: string, path: string): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.world.bot.url}${path}`, { method, headers: { "x-api-key": this.key } });
    return (await answer.json()) as Record<string, unknown>;
  }
}

/** The scan page: `session.create`, and what it hears from then on. */
export class SessionLinker extends Linker {
  readonly name = "session-socket";
  #client: SocketClient | null = null;
  readonly #mine = ({ key }: Record<string, unknown>) => key === "device123";

  async link(): Promise<void> {
    const client = await this.#create();
    const { qr } = await client.next<{ key: string; qr: string }>("session.qr", this.#mine);
    await this.phone.scan(await textOf(this.world.receiver, "device123", qr));
    await client.next("session.authenticated", this.#mine);
    await this.#ready(client);
  }

  /** The page is opened, or opened again. */
  async connected(): Promise<void> {
    await this.#ready(await this.#create());
  }

  /** An open page hears of the removal; one that opens after it is shown a QR instead. */
  async lost(): Promise<void> {
    const client = this.#client ?? (await this.#create());
    await client.first(
      ({ name, payload }) =>
        (name === "session.qr" || (name === "session.disconnected" && payload["reason"] === "session revoked")) &&
        this.#mine(payload),
      "session.qr or session.disconnected",
    );
  }

  override close(): void {
    this.#client?.[Symbol.dispose]();
    this.#client = null;
  }

  async #ready(client: SocketClient): Promise<void> {
    await client.next("session.ready", this.#mine);
    client.forget();
  }

  async #create(): Promise<SocketClient> {
    const { url } = this.world.bot;
    this.#client ??= await SocketClient.open(url, { auth: { key: this.key }, transports: ["websocket"] });
    this.#client.forget();
    this.#client.socket.emit("session.create", { key: "device123", name: "My Device", engine: "baileys" });
    await this.#client.next("session.created", this.#mine);
    return this.#client;
  }
}

/** The curl lines of a tenant, by QR and by pairing code in turn; the reconnect logic starts the device. */
export class TenantLinker extends Linker {
  readonly name = "tenant-devices";
  readonly #health = block(tenantDocument, "-X GET", "/health");
  #links = 0;

  async link(): Promise<void> {
    await this.shell(block(tenantDocument, "-X POST", "/start"));
    if (this.#links++ % 2 === 0) {
      const { data } = await this.shell(block(tenantDocument, "/pairing/qr"));
      await this.phone.scan((data as { qr_string: string }).qr_string);
    } else {
      const code = block(tenantDocument, "/pairing/code").replace("628123456789", this.phone.number);
      const { data } = await this.shell(code);
      await this.phone.enterCode((data as { pairing_code: string }).pairing_code);
    }
    await this.connected();
  }

  connected = () => this.#until(true);
  lost = () => this.#until(false);

  async #until(isConnected: boolean): Promise<void> {
    const is = ({ data }: Record<string, unknown>) => (data as { is_connected: boolean }).is_connected === isConnected;
    await again(() => this.shell(this.#health), is);
  }
}

/** Puts the script of the page's CDN in its place and its timers into our hands. */
export async function prepare(page: Page): Promise<void> {
  const library = await qrLibrary();
  await page.route("https://cdn.jsdelivr.net/**", (route) =>
    route.fulfill({ body: library, contentType: "text/javascript" }),
  );
  await page.clock.install();
}
