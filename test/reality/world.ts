import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import type { SimulatedContact, Phone, Simulator } from "../../src/simulator/index.ts";
import { compile } from "../cli/binary.ts";
import { Subject } from "../crash/subject.ts";
import { Receiver } from "../receiver.ts";

const key = "test-key-of-the-admin-0123456789";

/** A device as the API shows it. */
export interface DeviceView {
  readonly phase: string;
  readonly reason: string | null;
}

/** The compiled bot on an empty folder, a simulated WhatsApp and a receiver of webhooks. */
export class World implements AsyncDisposable {
  readonly #binary: { dispose(): void };
  readonly #folder: string;

  private constructor(
    readonly sim: Simulator,
    readonly bot: Subject,
    readonly receiver: Receiver,
    { binary, folder }: { binary: { dispose(): void }; folder: string },
  ) {
    this.#binary = binary;
    this.#folder = folder;
  }

  static async open(): Promise<World> {
    const [binary, sim] = await Promise.all([compile(), startBotSimulator({ seed: 18 })]);
    const folder = mkdtempSync(join(tmpdir(), "merpati-reality-"));
    const receiver = new Receiver();
    writeFileSync(join(folder, "authority.pem"), sim.certificate);
    const env = {
      PORT: "0",
      HOST: "127.0.0.1",
      API_KEY: key,
      WHATSAPP_URL: sim.url,
      WHATSAPP_ROOT_KEY: sim.rootKey,
      WHATSAPP_CA: join(folder, "authority.pem"),
      WHATSAPP_VERSION_URL: "http://127.0.0.1:9/sw.js", // nobody listens there
      WEBHOOK_URL: receiver.url,
      SENDING: "off",
      LOG_LEVEL: "warn",
    };
    const bot = new Subject(binary.path, env, folder);
    await bot.start();
    return new World(sim, bot, receiver, { binary, folder });
  }

  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.bot.url}${path}`, {
      method,
      headers: { "x-api-key": key, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const { data, error } = (await answer.json()) as { data?: T; error?: string };
    if (data === undefined && !answer.ok) throw new Error(`${method} ${path}: ${answer.status}, ${error}`);
    return data as T;
  }

  /** Links a device of the bot to a phone; resolves with its JID. */
  async link(device: string, phone: Phone): Promise<string> {
    await this.call("POST", `/api/devices/${device}/start`);
    const { qr_string: qr } = await this.call<{ qr_string: string }>("POST", `/v1/devices/${device}/pairing/qr`);
    const { jid } = await phone.scan(qr);
    await this.receiver.next("device.connected", (event) => event.device === device);
    return jid;
  }

  device(id: string): Promise<DeviceView> {
    return this.call("GET", `/v1/devices/${id}`);
  }

  /** The place in the device's log of an ordinary message, once it has come through to the webhook. */
  async hears(from: SimulatedContact, phone: Phone): Promise<number> {
    const { id } = await from.says("an ordinary message", { to: phone });
    const { seq } = await this.receiver.next("message.received", (event) => event.data.id === id);
    return seq ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bot.kill();
    await this.receiver.stop();
    await this.sim.stop();
    rmSync(this.#folder, { recursive: true, force: true });
    this.#binary.dispose();
  }
}
