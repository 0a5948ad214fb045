import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { test } from "bun:test";
import { startBotSimulator } from "../../../src/cli/base/simulated.ts";
import type { Simulator } from "../../../src/simulator/index.ts";
import { browserPath, openBrowser } from "../../browser.ts";
import { compile } from "../../cli/binary.ts";
import { Receiver } from "../../receiver.ts";
import { Program } from "../program.ts";
import { Visitor } from "../visitor.ts";

export const key = "key-of-the-walk-0123456789abcdef";

/** The compiled program in an empty folder, a simulated WhatsApp, somebody at a browser who goes from story to story. */
export class World implements AsyncDisposable {
  /** What stories opened beside it. */
  readonly guests = new AsyncDisposableStack();

  private constructor(
    readonly binary: Awaited<ReturnType<typeof compile>>,
    readonly sim: Simulator,
    readonly receiver: Receiver,
    readonly program: Program,
    readonly browser: BrowserContext & AsyncDisposable,
    readonly visitor: Visitor,
  ) {}

  static async open(): Promise<World> {
    const binary = await compile();
    const sim = await startBotSimulator();
    sim.phone("6281100000001", { name: "Budi" });
    sim.contact("628123456789", { name: "Ann" });
    const receiver = new Receiver();
    const authority = join(binary.path, "../ca.pem");
    await Bun.write(authority, sim.certificate);
    const environment = {
      API_KEY: key,
      WHATSAPP_URL: sim.url,
      WHATSAPP_ROOT_KEY: sim.rootKey,
      WHATSAPP_CA: authority,
      OUTBOUND_ALLOW: "loopback",
      SENDING: "off",
      LOG_LEVEL: "info",
    };
    const program = await Program.start(binary.path, [], environment, /listens on (\S+)/);
    const browser = await openBrowser();
    const visitor = await Visitor.arrive(browser, program.url);
    return new World(binary, sim, receiver, program, browser, visitor);
  }

  get ann() {
    return this.sim.contact("628123456789");
  }

  get phone() {
    return this.sim.phone("6281100000001");
  }

  /** What a key of the admin sees behind the page's back. */
  async behind(path: string, method = "GET", body?: object) {
    const json = body && { body: JSON.stringify(body) };
    const headers = { "x-api-key": key, "content-type": "application/json" };
    return (await fetch(`${this.program.url}${path}`, { method, headers, ...json })).json();
  }

  /** Asks until the answer holds the text. Each answer is a turn of the program's loop. */
  async behindUntil(path: string, text: string): Promise<void> {
    while (!JSON.stringify(await this.behind(path)).includes(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.guests[Symbol.asyncDispose]();
    await this.visitor[Symbol.asyncDispose]();
    await this.browser[Symbol.asyncDispose]();
    await this.program[Symbol.asyncDispose]();
    await this.receiver.stop();
    await this.sim.stop();
    this.binary.dispose();
  }
}

/** One stretch of the way. The next begins where it ended. */
export type Story = (world: World) => Promise<void>;

const long = 120_000;

export const walk = (name: string, story: Story, world: () => World): void =>
  test.skipIf(!browserPath)(name, () => story(world()), long);
