import { operator } from "../src/core/access/operator.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compose, type Running, type Stands } from "../src/composition/composition.ts";
import { LiveSettings } from "../src/config/live-settings.ts";
import { chosenIn } from "../src/config/sources.ts";
import { textFileIn } from "../src/store/sqlite/text-file.ts";
import type { DashboardSessions } from "../src/server/sessions.ts";
import type { Budgets } from "../src/core/access/budgets.ts";
import type { App, Workspace } from "../src/core/app.ts";
import type { Device } from "../src/core/device/device.ts";
import type { BotEvent, EventType } from "../src/core/model/events/events.ts";
import { LogTail } from "../src/core/base/log-tail.ts";
import { makeLog } from "../src/log/log.ts";
import { scopes } from "../src/core/model/scopes.ts";
import { startBotSimulator } from "../src/cli/base/simulated.ts";
import type { SimulatedContact, Phone, Simulator, SimulatorStart } from "../src/simulator/index.ts";
import { lateStore } from "./late-store.ts";
import { Receiver } from "./receiver.ts";
import { Watch } from "./watch.ts";

export const adminKey = "test-key-of-the-admin-0123456789";
const ownNumber = "6281100000001";

const nowhere = { write: () => true };
/** `TEST_STORE=late`: keys and journal answer one turn later (`test/late-store.test.ts`). */
const standing: Stands = process.env["TEST_STORE"] === "late" ? { around: lateStore } : {};

export interface HarnessOptions {
  env?: Record<string, string>;
  simulator?: SimulatorStart;
  /** Where the log is written. */
  out?: { write(line: string): unknown };
  stands?: Stands;
  /** Nobody has asked for the device named `default` yet; else it is there and shows its QR, as most tests need it. */
  unasked?: boolean;
}

/**
 * The whole bot on a free port, against a simulated WhatsApp and a real webhook receiver. `using` stops it:
 * `await using bot = await startBot()`.
 */
export class TestBot implements AsyncDisposable {
  readonly receiver = new Receiver();
  readonly events: BotEvent[] = [];
  /** What stands in its `.env`. */
  readonly envFile: Record<string, string> = { API_KEY: adminKey };
  readonly #watch = new Watch();
  readonly folder = mkdtempSync(join(tmpdir(), "merpati-test-"));
  #running: Running | null = null;

  readonly #options: HarnessOptions;

  constructor(
    readonly sim: Simulator,
    options: HarnessOptions,
  ) {
    this.#options = options;
  }

  /** The process begins, or begins again on the same folder. */
  async start(): Promise<void> {
    const environment = {
      PORT: "0",
      HOST: "127.0.0.1",
      SESSIONS_DIR: this.folder,
      PLUGINS_DIR: join(this.folder, "plugins"),
      WHATSAPP_URL: this.sim.url,
      WHATSAPP_ROOT_KEY: this.sim.rootKey,
      WHATSAPP_CA: this.#authority(),
      WEBHOOK_URL: this.receiver.url,
      SENDING: "off",
      ...this.#options.env,
    };
    const chosenFile = join(this.folder, "settings.json");
    const settings = LiveSettings.load({
      read: () => ({ file: { ...this.envFile }, environment, chosen: chosenIn(chosenFile) }),
      note: textFileIn(chosenFile),
    });
    const { config } = settings;
    const logs = new LogTail();
    const log = makeLog(config, { out: this.#options.out ?? nowhere, tail: logs });
    settings.follow((next) => log.follow(next));
    this.#running = await compose(config, log, { logs, settings, ...standing, ...this.#options.stands });
    const { bot } = this.#running;
    bot.as(operator("bot")).listen((event) => {
      this.events.push(event);
      this.#watch.changed();
    });
    if (this.#options.unasked || config.usePairingCode) return;
    const home = bot.find("default", "default") ?? (await bot.add("default", "default", null));
    if (!home.record.account) await home.start();
  }

  /** The file with the certificate that the simulator's media server is trusted by. */
  #authority(): string {
    const file = join(this.folder, "authority.pem");
    writeFileSync(file, this.sim.certificate);
    return file;
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = null;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  get url(): string {
    if (!this.#running) throw new Error("the bot is stopped");
    return this.#running.url;
  }

  get app(): App {
    if (!this.#running) throw new Error("the bot is stopped");
    return this.#running.bot;
  }

  get budgets(): Budgets {
    if (!this.#running) throw new Error("the bot is stopped");
    return this.#running.budgets;
  }

  get sessions(): DashboardSessions {
    if (!this.#running) throw new Error("the bot is stopped");
    return this.#running.sessions;
  }

  /** The admin's. */
  get workspace(): Workspace {
    return this.app.as(operator("bot"));
  }

  /** A tenant's, with every scope. */
  tenant(id: string): Workspace {
    return this.app.as({ tenant: id, key: "test", scopes, devices: null });
  }

  get device(): Device {
    return this.workspace.device("default");
  }

  /** The phone whose companion the bot is. */
  get phone(): Phone {
    return this.sim.phone(ownNumber, { name: "Budi" });
  }

  contact(number = "628123456789", name = "Ann"): SimulatedContact {
    return this.sim.contact(number, { name });
  }

  /** What SIGHUP does. */
  async hangUp(): Promise<void> {
    await this.#running?.reload();
  }

  /** Links the default device by QR and waits until it is connected. */
  async link(): Promise<void> {
    const { qr } = await this.device.qr();
    await this.phone.scan(qr);
    await this.connected();
  }

  /** Writes a plugin and waits until it runs. */
  async install(file: string, text: string): Promise<void> {
    await Bun.write(join(this.folder, "plugins", file), text);
    await this.#running?.plugins.scan();
  }

  connected(): Promise<void> {
    return this.until(() => this.device.status().phase === "connected", "the device to be connected");
  }

  /** The first event of this type, past or to come, for which `which` holds. */
  next<T extends EventType>(type: T, which: (event: BotEvent<T>) => boolean = () => true): Promise<BotEvent<T>> {
    const find = () => this.events.find((event) => event.type === type && which(event as BotEvent<T>));
    return this.#watch.until(() => find() as BotEvent<T> | undefined, `an event ${type}`);
  }

  /** Resolves once `holds` is true, looked at after every event. */
  async until(holds: () => boolean, what: string): Promise<void> {
    await this.#watch.until(() => holds() || undefined, what);
  }

  /** An HTTP call with the admin key. */
  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(`${this.url}${path}`, {
      method,
      headers: { "x-api-key": adminKey, "content-type": "application/json", ...headers },
      ...json,
    });
  }

  /** Stops the bot and takes its folder away; the simulator may be another bot's too. */
  async remove(): Promise<void> {
    await this.stop();
    await this.receiver.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.sim.stop();
    await this.remove();
  }
}

export async function startBot(options: HarnessOptions = {}): Promise<TestBot> {
  const sim = await startBotSimulator(options.simulator);
  const bot = new TestBot(sim, options);
  try {
    await bot.start();
    return bot;
  } catch (error) {
    await bot[Symbol.asyncDispose]();
    throw error;
  }
}
